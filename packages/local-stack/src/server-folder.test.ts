import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { inServerFolder, removeAllBut } from './server-folder.ts'
import { StartFailure } from './start-errors.ts'

test('only the log survives, though the data has files that are called so as well', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-folder-test-'))
  for (const path of [
    'tls/ca.pem',
    'node-1/kafka.log',
    'node-1/server.properties',
    'node-1/data/pin-0/0.log',
    'node-2/kafka.log',
  ]) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), '')
  }
  await removeAllBut(folder, [join(folder, 'node-1', 'kafka.log')])
  expect(await readdir(folder, { recursive: true })).toEqual(['node-1', join('node-1', 'kafka.log')])
  await rm(folder, { recursive: true })
})

test('a start that fails leaves its log when it has one, and else nothing', async () => {
  const folders: string[] = []
  const fails = (error: (log: string) => Error) => async (folder: string) => {
    folders.push(folder)
    await writeFile(join(folder, 'toy.log'), '')
    await writeFile(join(folder, 'secret'), '')
    throw error(join(folder, 'toy.log'))
  }
  await expect(
    inServerFolder(
      'toy',
      fails((log) => new StartFailure('late', log)),
    ),
  ).rejects.toThrow('late')
  await expect(
    inServerFolder(
      'toy',
      fails(() => new Error('format')),
    ),
  ).rejects.toThrow('format')
  const [kept = '', gone = ''] = folders
  expect(await readdir(kept)).toEqual(['toy.log'])
  await expect(stat(gone)).rejects.toThrow('ENOENT')
  await rm(kept, { recursive: true })
})
