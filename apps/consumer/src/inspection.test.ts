import { runFake } from '@pinpipe/service/fake-process'
import { expect, test } from 'vitest'
import { consumerApp } from './app.ts'
import { Content } from './content.ts'
import { openFolderStore } from './lake/folder-store.ts'
import { temporaryFolder } from './testing/folder.ts'
import { mutilations, openFolder, wholeLake } from './testing/mutilations.ts'

const app = consumerApp('0.0.0')

async function lakeIn(path: string): Promise<void> {
  await using store = await openFolderStore(path)
  for (const [key, { bytes, object }] of (await wholeLake()).objects)
    await store.create({ ...object, key, body: Content.of(bytes) })
}

test('verify says in a line what it looked at, and exits 0 without differences', async () => {
  await using folder = await temporaryFolder()
  await lakeIn(folder.path)
  const { code, stdout } = await runFake(app, ['verify', '--lake', `dir:${folder.path}`])
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^2 chains, 6 links, 8 objects, 24 records, .*: no differences\n$/),
  ])
})

test('verify exits 2 with a line for each difference', async () => {
  await using folder = await temporaryFolder()
  await lakeIn(folder.path)
  for (const { spoil } of mutilations.slice(-2)) await spoil(openFolder(folder.path))
  const { code, stdout } = await runFake(app, ['verify', '--lake', `dir:${folder.path}`])
  expect(code).toBe(2)
  expect(stdout.split('\n').map((line) => line.split(/ +/, 2).join(' '))).toEqual([
    'DIFFERENCE link-missing',
    'DIFFERENCE foreign',
    'DIFFERENCE orphan',
    '2 chains,',
    '',
  ])
})

test('a lake without chains, or without those of a topic, is no clean one', async () => {
  await using folder = await temporaryFolder()
  expect(await runFake(app, ['verify', '--lake', `dir:${folder.path}`])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no chain in _chain/') as string,
  })
  await lakeIn(folder.path)
  expect(await runFake(app, ['verify', '--lake', `dir:${folder.path}`, '--topics', 't,u'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('has no chain of u in _chain/') as string,
  })
})

test('locate exits 0 with the object and its line, and 1 for what is not stored', async () => {
  await using folder = await temporaryFolder()
  await lakeIn(folder.path)
  const at = ['locate', '--lake', `dir:${folder.path}`, '--topic', 't', '--partition', '1']
  const found = await runFake(app, [...at, '--offset', '6'])
  expect([found.code, found.stdout]).toEqual([
    0,
    'offset 6 of topic t, partition 1, is in topics/t/partition=1/t+1+00000000000000000004-00000000000000000007.json.gz line 3, ' +
      'claimed by _chain/t@0/1/9223372036854775803-4.json\n',
  ])
  const none = await runFake(app, [...at, '--offset', '12', '-o', 'json'])
  expect([none.code, JSON.parse(none.stdout)]).toMatchObject([
    1,
    { version: 1, offset: '12', found: false, kind: 'not-stored-yet' },
  ])
  const byTime = await runFake(app, [...at, '--timestamp', '2020-08-28T00:00:00Z'])
  expect([byTime.code, byTime.stdout]).toEqual([0, expect.stringMatching(/^offset 0 of .* line 1, /)])
  const late = await runFake(app, [...at, '--timestamp', '2030-01-01T00:00:00Z'])
  expect([late.code, late.stdout]).toEqual([1, 'nothing of this time or later is stored\n'])
})
