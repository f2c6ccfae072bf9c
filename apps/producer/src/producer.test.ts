import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { recordsIn, runProducer, summaryIn } from './testing/run-producer.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const shared = process.env['PINPIPE_SHARED'] ?? join(import.meta.dirname, '../../../../shared')
const fixture = join(shared, 'data/pinterest/seed100_sequence.json')

const pin = (index: number) => ({
  index,
  unique_id: 'b1c7',
  title: 'a "title" 🦊',
  description: 'd',
  poster_name: 'p',
  follower_count: '4k',
  tag_list: 'a,b',
  is_image_or_video: 'image',
  image_src: 's',
  downloaded: 1,
  save_location: 'l',
  category: 'art',
})
const geo = (ind: number) => ({
  ind,
  timestamp: '2022-05-20T19:53:34',
  latitude: -89.9787,
  longitude: 1,
  country: 'Peru',
})
const user = (ind: number) => ({
  ind,
  first_name: 'A',
  last_name: 'B',
  age: 20,
  date_joined: '2015-10-21 21:26:45',
})

async function writeRows(folder: string, files: Readonly<Record<string, readonly object[]>>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, rows] of Object.entries(files)) {
    await writeFile(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }
}

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

describe('producer --source jsonl', () => {
  it('joins by index whatever the order of the files, and brings dates with a T into wire form', async () => {
    await using folder = await temporaryFolder()
    await writeRows(folder.path, {
      'pin.jsonl': [pin(3), pin(1), pin(2)],
      'geolocation_data.jsonl': [geo(1), geo(2), geo(3)],
      'someone.user.jsonl': [user(2), user(3), user(1)],
    })
    const { code, stdout } = await runProducer(['--source', `jsonl:${folder.path}`, '--out', 'stdout'])
    expect(code).toBe(0)
    expect(recordsIn(stdout).map(({ key }) => key)).toEqual(['1', '1', '1', '2', '2', '2', '3', '3', '3'])
    expect(recordsIn(stdout)[1]?.value).toEqual({ ...geo(1), timestamp: '2022-05-20 19:53:34' })
    expect(stdout).toContain('"title":"a \\"title\\" 🦊"')
    expect(stdout).toContain('"latitude":-89.9787,')
  })

  const partial = {
    'pin.jsonl': [pin(1), pin(2)],
    'geo.jsonl': [geo(2), geo(4)],
    'user.jsonl': [user(2), user(3)],
  }

  it.each([
    ['skip', 0, ['2', '2', '2'], '"posts":1,"records":3,"acked":3,"failed":0,"skipped":3'],
    ['partial', 0, ['1', '2', '2', '2', '3', '4'], '"posts":4,"records":6,"acked":6,"failed":0,"skipped":0'],
    ['fail', 1, [], 'post 1 has no row in geolocation_data, user_data'],
  ])('with --on-missing %s', async (policy, code, keys, words) => {
    await using folder = await temporaryFolder()
    await writeRows(folder.path, partial)
    const run = await runProducer([
      '--source',
      `jsonl:${folder.path}`,
      '--out',
      'stdout',
      '--on-missing',
      policy,
    ])
    expect([run.code, recordsIn(run.stdout).map(({ key }) => key)]).toEqual([code, keys])
    expect(run.stderr).toContain(words)
  })

  it('sends what came before a bad row, then fails with path and reason but without the value', async () => {
    await using folder = await temporaryFolder()
    const bad = { ...user(2), age: 'canary-value' }
    await writeRows(folder.path, {
      'pin.jsonl': [pin(1), pin(2)],
      'geo.jsonl': [geo(1), geo(2)],
      'user.jsonl': [user(1), bad],
    })
    const { code, stdout, stderr } = await runProducer([
      '--source',
      `jsonl:${folder.path}`,
      '--out',
      'stdout',
    ])
    expect([code, recordsIn(stdout).length]).toEqual([1, 3])
    expect(stderr).toMatch(/user_data\.age/)
    expect(stderr + stdout).not.toContain('canary-value')
  })

  it('appends rejected rows to the file of --on-invalid dead:<file> and sends the others', async () => {
    await using folder = await temporaryFolder()
    const bad = { ...user(2), age: 'canary-value' }
    await writeRows(folder.path, {
      'pin.jsonl': [pin(1), pin(2)],
      'geo.jsonl': [geo(1), geo(2)],
      'user.jsonl': [user(1), bad],
    })
    const dead = join(folder.path, 'dead.json')
    const argv = [
      '--source',
      `jsonl:${folder.path}`,
      '--out',
      'stdout',
      '--on-missing',
      'partial',
      '--on-invalid',
      `dead:${dead}`,
    ]
    const { code, stdout, stderr } = await runProducer(argv)
    expect([code, recordsIn(stdout).length]).toEqual([0, 5])
    expect(summaryIn(stderr)).toMatchObject({ posts: 2, acked: 5, invalid: 1 })
    expect(stderr).not.toContain('canary-value')
    expect(JSON.parse(await readFile(dead, 'utf8'))).toMatchObject({
      table: 'user_data',
      index: 2,
      problems: [{ path: 'age' }],
      row: bad,
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
