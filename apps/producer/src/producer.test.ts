import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recordsIn, runProducer, summaryIn } from './testing/run-producer.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const shared = process.env['SHARED'] ?? join(import.meta.dirname, '../../../../shared')
const fixture = join(shared, 'data/pinterest/seed100_sequence.json')

const keysOf = (stdout: string, topic: string): number[] =>
  recordsIn(stdout)
    .filter((record) => record.topic === topic)
    .map((record) => Number(record.key))

describe('producer --out stdout', () => {
  it('writes three records a post, by index, and a summary on stderr', async () => {
    const { code, stdout, stderr } = await runProducer([
      '--source',
      'generate:300',
      '--out',
      'stdout',
      '--topic-prefix',
      'x',
    ])
    expect(code).toBe(0)
    expect(keysOf(stdout, 'x.pin')).toEqual(Array.from({ length: 300 }, (_, n) => n))
    expect(
      recordsIn(stdout)
        .slice(0, 3)
        .map((record) => record.topic),
    ).toEqual(['x.pin', 'x.geo', 'x.user'])
    expect(summaryIn(stderr)).toMatchObject({
      posts: 300,
      records: 900,
      acked: 900,
      failed: 0,
      skipped: 0,
      invalid: 0,
    })
  })

  it.skipIf(!existsSync(fixture))(
    'emulates the Python emulator: 3,000 rows as in the fixture (needs ../shared/data/pinterest), and the same bytes twice',
    async () => {
      const argv =
        '--source generate:11154 --mode emulate --seed 100 --no-sleep --max-posts 3000 --out stdout'.split(
          ' ',
        )
      const first = await runProducer(argv)
      const { row } = z.object({ row: z.array(z.number()) }).parse(JSON.parse(readFileSync(fixture, 'utf8')))
      expect(keysOf(first.stdout, 'pinpipe.pin')).toEqual(row)
      expect((await runProducer(argv)).stdout === first.stdout).toBe(true)
    },
  )

  it('keeps the pauses of the emulator: the first second holds the posts before the first pause', async () => {
    const { code, stdout } = await runProducer(
      '--source generate:11154 --mode emulate --max-duration 400ms --out stdout'.split(' '),
    )
    expect(code).toBe(0)
    // Seed 100 draws the pauses 0, 1, …: one post, then a second of nothing.
    expect(keysOf(stdout, 'pinpipe.pin')).toEqual([7528])
  })

  it('shuffles: every index once, in another order, the same for the same seed', async () => {
    const argv = '--source generate:500 --mode shuffle --seed 7 --out stdout'.split(' ')
    const keys = keysOf((await runProducer(argv)).stdout, 'pinpipe.pin')
    expect(keys.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => n))
    expect(keys).not.toEqual(keys.toSorted((a, b) => a - b))
    expect(keysOf((await runProducer(argv)).stdout, 'pinpipe.pin')).toEqual(keys)
  })

  it('draws with replacement in the mode random, until the limit', async () => {
    const { stdout } = await runProducer(
      '--source generate:20 --mode random --max-posts 450 --out stdout'.split(' '),
    )
    const keys = keysOf(stdout, 'pinpipe.pin')
    expect([keys.length, new Set(keys).size]).toEqual([450, 20])
  })

  it('ends at --max-duration and at --max-posts 0', async () => {
    const timed = await runProducer(
      '--source generate:100 --mode random --max-duration 50ms --out stdout'.split(' '),
    )
    expect([timed.code, summaryIn(timed.stderr).acked > 0]).toEqual([0, true])
    const none = await runProducer('--source generate:100 --max-posts 0 --out stdout'.split(' '))
    expect([none.code, none.stdout, summaryIn(none.stderr).posts]).toEqual([0, '', 0])
  })

  it('keeps the rate, and reports how punctual it was', async () => {
    const { stderr } = await runProducer('--source generate:40 --rate 200/s --out stdout'.split(' '))
    const summary = summaryIn(stderr)
    expect(summary.durationMs).toBeGreaterThanOrEqual(195)
    expect(summary['pacing']).toMatchObject({ skipped: 0 })
  })

  it('reads only the tables that are named', async () => {
    const { stdout } = await runProducer('--source generate:2 --tables user_data --out stdout'.split(' '))
    expect(recordsIn(stdout).map((record) => record.topic)).toEqual(['pinpipe.user', 'pinpipe.user'])
  })

  it('says with --dry-run what it would do, and sends nothing', async () => {
    const { code, stdout } = await runProducer(
      '--source generate:100 --rate 50/s --out stdout --dry-run'.split(' '),
    )
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      posts: 100,
      records: 300,
      durationMs: 2000,
      rowsAreExact: true,
    })
  })
})

describe('producer --out dir', () => {
  it('writes one file a topic, one value a line, that reads back as a source', async () => {
    await using folder = await temporaryFolder()
    const { code, stdout } = await runProducer([
      '--source',
      'generate:50',
      '--out',
      `dir:${folder.path}/out`,
      '--topic-prefix',
      'x',
    ])
    expect([code, summaryIn(stdout)]).toMatchObject([0, { acked: 150 }])
    const lines = (await readFile(join(folder.path, 'out/x.user.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBe(50)
    const again = await runProducer([
      '--source',
      `jsonl:${folder.path}/out`,
      '--out',
      'stdout',
      '--topic-prefix',
      'x',
    ])
    const direct = await runProducer(['--source', 'generate:50', '--out', 'stdout', '--topic-prefix', 'x'])
    expect(again.stdout).toBe(direct.stdout)
  })

  it('does not replace files unless it is told to', async () => {
    await using folder = await temporaryFolder()
    const argv = ['--source', 'generate:2', '--out', `dir:${folder.path}`]
    expect((await runProducer(argv)).code).toBe(0)
    const second = await runProducer(argv)
    expect([second.code, second.stderr]).toEqual([3, expect.stringContaining('--overwrite')])
    expect((await runProducer([...argv, '--overwrite'])).code).toBe(0)
  })
})
