/** The tutorial's command, run as its readers run it: the built bundle in a process of its own. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runApp } from './run-app.ts'

const shared = process.env['SHARED'] ?? join(import.meta.dirname, '../../shared')
const fixture = join(shared, 'data/pinterest/seed100_sequence.json')
const command =
  '--source generate:11154 --mode emulate --seed 100 --no-sleep --max-posts 3000 --out stdout'.split(' ')

const indexesOf = (stdout: string, topic: string): number[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { topic: string; key: string; value: Record<string, unknown> })
    .filter((record) => record.topic === topic)
    .map(({ key, value }) => {
      // The key and the row of a record are of the same post.
      expect(String(value['index'] ?? value['ind'])).toBe(key)
      return Number(key)
    })

test.skipIf(!existsSync(fixture))(
  'the rows of all three topics are the 3,000 that the Python emulator draws (needs ../shared/data/pinterest)',
  async () => {
    const run = await runApp('producer', command)
    expect(run.exit).toBe(0)
    const { row } = JSON.parse(readFileSync(fixture, 'utf8')) as { row: number[] }
    expect(row.length).toBe(3000)
    for (const suffix of ['pin', 'geo', 'user'])
      expect(indexesOf(run.stdout, `pinpipe.${suffix}`)).toEqual(row)
    expect(run.stdout.trimEnd().split('\n').length).toBe(9000)
  },
)

test('two runs write the same bytes, also in another zone and locale', async () => {
  const digests = await Promise.all(
    [{ TZ: 'UTC' }, { TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8' }].map(async (env) => {
      const { exit, stdout } = await runApp('producer', command, { env })
      return { exit, length: stdout.length, sha256: createHash('sha256').update(stdout).digest('hex') }
    }),
  )
  expect(digests[0]).toMatchObject({ exit: 0 })
  expect(digests[0]?.length).toBeGreaterThan(1_000_000)
  expect(digests[1]).toEqual(digests[0])
})
