import { promises } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compress } from '../format/compress.ts'
import { openFolderStore } from './folder-store.ts'
import { openLake, lakeAddressOf } from './lake.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { probeStore } from './probe.ts'
import type { Store } from './store.ts'
import { contentOf, dataKey, MemoryStore } from '../testing/records.ts'
import { expectRule, newObject, storeContract } from '../testing/store-contract.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
})
afterEach(async () => {
  await chmod(folder, 0o700)
  await rm(folder, { recursive: true, force: true })
})

describe('the folder store', () => {
  test.for(storeContract)('$title', async (rule) => {
    await using store = await openFolderStore(folder)
    await expectRule(rule, store)
    expect(await readdir(join(folder, '_tmp'))).toEqual([])
  })

  test('creates an object with its folders, and leaves nothing temporary behind', async () => {
    await using store = await openFolderStore(folder)
    const key = dataKey(0, 1)
    expect(await store.create(newObject(['a', 'b'], { key }))).toBe('created')
    expect(await readFile(join(folder, key), 'utf8')).toBe('a\nb\n')
    expect(await readdir(join(folder, '_tmp'))).toEqual([])
  })

  test('an object is durable before it has its name, and its name before anybody is told', async () => {
    await using store = await openFolderStore(folder)
    await store.create(newObject(['a'], { key: dataKey(0, 1) }))
    const steps: string[] = []
    await watching(steps, async () => {
      for (const line of ['b', 'c']) steps.push(await store.create(newObject([line], { key: dataKey(2, 3) })))
    })
    // What is there already may not be durable yet: who linked it may have died.
    expect(steps).toEqual(['sync', 'link', 'sync', 'created', 'sync', 'link', 'sync', 'different'])
  })

  test('many partitions make their folders at once', async () => {
    for (let round = 0; round < 20; round++) {
      await using store = await openFolderStore(join(folder, `${round}`))
      const keys = Array.from({ length: 12 }, (_, partition) => dataKey(0, 1, partition))
      const outcomes = await Promise.all(keys.map((key) => store.create(newObject(['a'], { key }))))
      expect(new Set(outcomes)).toEqual(new Set(['created']))
    }
  })

  test('objects that were compressed differently are the same when their content is', async () => {
    await using store = await openFolderStore(folder)
    const key = dataKey(0, 1, 0, '.json.gz')
    const budget = new MemoryBudget(1 << 24)
    await mkdir(join(folder, key, '..'), { recursive: true })
    await writeFile(join(folder, key), gzipSync('a'.repeat(1000) + '\n', { level: 9 }))
    const packed = async (line: string) => {
      return (await compress(contentOf([line], budget), { kind: 'gzip', level: 1 }, budget)).body
    }
    expect(await store.create(newObject([], { key, body: await packed('a'.repeat(1000)) }))).toBe('same')
    expect(await store.create(newObject([], { key, body: await packed('b') }))).toBe('different')
    await writeFile(join(folder, key), 'no gzip')
    expect(await store.create(newObject([], { key, body: await packed('b') }))).toBe('different')
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
      const opening = openLake({ lake: { kind: 'dir', path } }, { env: {}, addSecret: () => undefined })
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
    await expect(store.create(newObject([], { body }))).rejects.toThrow(
      / is full: free some space and start again/,
    )
    expect(await readdir(join(folder, '_tmp'))).toEqual([])
  })

  test('passes the probe, with one race a day', async () => {
    await using store = await openFolderStore(folder)
    for (const day of [1, 1, 2]) await probeStore(store, Date.UTC(2026, 10, day, 23, 59))
    const probes = (await readdir(join(folder, '_chain/probe'), { recursive: true })).toSorted()
    expect(probes).toEqual([
      '2026-11-01',
      '2026-11-01.json',
      expect.stringMatching(/^2026-11-01\/[0-9a-f-]{36}\.json$/),
      '2026-11-02',
      '2026-11-02.json',
      expect.stringMatching(/^2026-11-02\//),
    ])
  })
})

/** Notes in `steps` when something is made durable or gets a name. */
async function watching(steps: string[], work: () => Promise<void>): Promise<void> {
  await using file = await promises.open(folder, 'r')
  // The class of open files is not exported.
  const handles: { sync: (this: unknown) => Promise<void> } = Object.getPrototypeOf(file)
  const { sync } = handles
  const { link } = promises
  handles.sync = function noted() {
    steps.push('sync')
    return sync.call(this)
  }
  promises.link = (from, to) => {
    steps.push('link')
    return link(from, to)
  }
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    Object.assign(handles, { sync })
    Object.assign(promises, { link })
    syncBuiltinESMExports()
  }
}

describe('the store in memory, which tests use', () => {
  test.for(storeContract)('$title', async (rule) => {
    await using store = new MemoryStore()
    await expectRule(rule, store)
  })
})

describe('the probe', () => {
  test('refuses a store that replaces objects, and names it', async () => {
    const store: Store = new MemoryStore()
    store.create = () => Promise.resolve('created')
    const probing = probeStore(store)
    await expect(probing).rejects.toThrow(
      /^memory:lake does not create objects exclusively \(of 8 create-only writes of _chain.* at once, 8 won\)/,
    )
    await expect(probing).rejects.toMatchObject({ exitCode: 3 })
  })

  test('refuses a store that lets two writers win a race but honours the condition later, at each start', async () => {
    const { store, winners } = racyStore()
    await expect(probeStore(store)).rejects.toThrow(/at once, 2 won\)/)
    await expect(probeStore(store)).rejects.toThrow(/at once, 2 won\)/)
    expect(winners()).toBe(4)
  })

  test('refuses a store that keeps the last of the racers, whatever it answered', async () => {
    const store = new MemoryStore()
    const honest = store.create.bind(store)
    store.create = async (object) => {
      const outcome = await honest(object)
      if (outcome === 'different') store.objects.set(object.key, { object, bytes: Buffer.from('another') })
      return outcome
    }
    await expect(probeStore(store)).rejects.toThrow(/does not hold what the one that created it wrote/)
  })

  test('refuses a store that passed the race of today, and creates again what is there', async () => {
    const store = new MemoryStore()
    await probeStore(store)
    store.create = () => Promise.resolve('created')
    await expect(probeStore(store)).rejects.toThrow(
      /it created _chain\/probe\/.*\.json again, which was there/,
    )
  })

  test('takes a store whose answer to the winner was lost', async () => {
    const store = new MemoryStore()
    const honest = store.create.bind(store)
    store.create = async (object) => {
      const outcome = await honest(object)
      return outcome === 'created' ? honest(object) : outcome
    }
    await expect(probeStore(store)).resolves.toBeUndefined()
  })
})

/** Answers the first two creators of a key as if both had won. */
function racyStore(): { store: Store; winners: () => number } {
  const store = new MemoryStore()
  const honest = store.create.bind(store)
  const creators = new Map<string, number>()
  let winners = 0
  store.create = async (object) => {
    const nth = (creators.get(object.key) ?? 0) + 1
    creators.set(object.key, nth)
    const outcome = await honest(object)
    if (nth > 2) return outcome
    winners++
    return 'created'
  }
  return { store, winners: () => winners }
}

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
