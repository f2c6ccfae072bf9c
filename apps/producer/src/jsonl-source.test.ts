import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recordsIn, runProducer, summaryIn } from './testing/run-producer.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

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
