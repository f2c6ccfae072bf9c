import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compress } from '../format/compress.ts'
import { openFolderStore } from './folder-store.ts'
import { openLake, lakeAddressOf } from './lake.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { probeKey, probeStore } from './probe.ts'
import type { NewObject, Store } from './store.ts'
import { contentOf, dataKey, MemoryStore } from '../testing/records.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
})
afterEach(async () => {
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true, force: true })
})

function object(lines: readonly string[], more: Partial<NewObject> = {}): NewObject {
  return {
    key: dataKey(0, 1),
    body: contentOf(lines),
    digest: undefined,
    contentType: 'x',
    facts: {},
    ...more,
  }
}

describe('the folder store', () => {
  test('creates an object with its folders, and leaves nothing temporary behind', async () => {
    await using store = await openFolderStore(folder)
    expect(await store.create(object(['a', 'b']))).toBe('created')
    expect(await readFile(join(folder, dataKey(0, 1)), 'utf8')).toBe('a\nb\n')
    expect(await readdir(join(folder, '_tmp'))).toEqual([])
  })

  test('never replaces: the same content is the same, other content is told and left alone', async () => {
    await using store = await openFolderStore(folder)
    await store.create(object(['a']))
    expect(await store.create(object(['a']))).toBe('same')
    expect(await store.create(object(['b']))).toBe('different')
    expect(await readFile(join(folder, dataKey(0, 1)), 'utf8')).toBe('a\n')
    expect(await readdir(join(folder, '_tmp'))).toEqual([])
  })

  test('many partitions make their folders at once', async () => {
    for (let round = 0; round < 20; round++) {
      await using store = await openFolderStore(join(folder, `${round}`))
      const keys = Array.from({ length: 12 }, (_, partition) => dataKey(0, 1, partition))
      const outcomes = await Promise.all(keys.map((key) => store.create(object(['a'], { key }))))
      expect(new Set(outcomes)).toEqual(new Set(['created']))
    }
  })

  test('of many writers at once, one creates', async () => {
    await using store = await openFolderStore(folder)
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => store.create(object([`${i}`]))))
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'different')).toHaveLength(19)
  })

  test('objects that were compressed differently are the same when their content is', async () => {
    await using store = await openFolderStore(folder)
    const key = dataKey(0, 1, 0, '.json.gz')
    const budget = new MemoryBudget(1 << 24)
    await mkdir(join(folder, key, '..'), { recursive: true })
    await writeFile(join(folder, key), gzipSync('a'.repeat(1000) + '\n', { level: 9 }))
    const packed = async (line: string) => {
      const options = { budget, withDigest: false }
      return (await compress(contentOf([line], budget), { kind: 'gzip', level: 1 }, options)).body
    }
    expect(await store.create(object([], { key, body: await packed('a'.repeat(1000)) }))).toBe('same')
    expect(await store.create(object([], { key, body: await packed('b') }))).toBe('different')
    await writeFile(join(folder, key), 'no gzip')
    expect(await store.create(object([], { key, body: await packed('b') }))).toBe('different')
  })

  test('clears what a crashed process left a day ago, and not what may be in use', async () => {
    await mkdir(join(folder, '_tmp'))
    for (const name of ['old', 'new']) await writeFile(join(folder, '_tmp', name), 'x')
    await utimes(join(folder, '_tmp', 'old'), 0, 0)
    await openFolderStore(folder)
    expect(await readdir(join(folder, '_tmp'))).toEqual(['new'])
  })

  test('a lake that is a file, or lies below one, is refused in one sentence', async () => {
    await writeFile(join(folder, 'file'), '')
    for (const path of [join(folder, 'file'), join(folder, 'file', 'lake')]) {
      const opening = openLake({ kind: 'dir', path }, {})
      await expect(opening).rejects.toThrow(
        /is not a folder, or a part of its path is a file: choose another path$/,
      )
    }
  })

  test('a full lake is told in one sentence, and nothing is left of the object', async () => {
    await using store = await openFolderStore(folder)
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    const body = contentOf(['a'])
    body.drain = () => {
      throw full
    }
    await expect(store.create(object([], { body }))).rejects.toThrow(
      / is full: free some space and start again/,
    )
    expect(await readdir(join(folder, '_tmp'))).toEqual([])
  })

  test('passes the probe, again and again, with one object', async () => {
    await using store = await openFolderStore(folder)
    await probeStore(store)
    await probeStore(store)
    expect(await readdir(join(folder, '_chain'))).toEqual([probeKey.split('/')[1]])
  })
})

describe('the probe', () => {
  test('refuses a store that replaces objects, and names it', async () => {
    const store: Store = new MemoryStore()
    store.create = () => Promise.resolve('created')
    const probing = probeStore(store)
    await expect(probing).rejects.toThrow(
      /^memory:lake does not create objects exclusively: 4 of 4 create-only writes/,
    )
    await expect(probing).rejects.toMatchObject({ exitCode: 3 })
  })

  test('refuses a store that lets two writers win a race but honours the condition later', async () => {
    const store: Store = new MemoryStore()
    let calls = 0
    store.create = () => Promise.resolve(++calls <= 2 ? 'created' : 'same')
    await expect(probeStore(store)).rejects.toThrow(/2 of 4/)
  })

  test('takes a store that has the object already, and one in which another process wrote something else', async () => {
    const store: Store = new MemoryStore()
    store.create = () => Promise.resolve('different')
    await expect(probeStore(store)).resolves.toBeUndefined()
  })
})

describe('--lake', () => {
  test('is a bucket with or without a prefix, or a folder', () => {
    expect(lakeAddressOf('s3://my-bucket')).toEqual({ kind: 's3', bucket: 'my-bucket', prefix: '' })
    expect(lakeAddressOf('s3://my-bucket/a/b/')).toEqual({ kind: 's3', bucket: 'my-bucket', prefix: 'a/b' })
    expect(lakeAddressOf('dir:./lake')).toEqual({ kind: 'dir', path: './lake' })
  })

  test.each([
    '',
    'lake',
    's3://',
    's3:///prefix',
    's3://UPPER/x',
    'dir:',
    'https://bucket',
    's3://bucket/../x',
  ])('is not %j', (text) => {
    expect(() => lakeAddressOf(text)).toThrow(/is no lake|has a prefix/)
  })
})
