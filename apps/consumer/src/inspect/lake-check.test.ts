import { describe, expect, test } from 'vitest'
import { genesisKey, linkKey } from '../chain/chain-keys.ts'
import { Content } from '../content.ts'
import { openFolderStore } from '../lake/folder-store.ts'
import type { Store } from '../lake/store.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { mutilations, openFolder, openMemory, wholeLake } from '../testing/mutilations.ts'
import { dataKey, type MemoryStore } from '../testing/records.ts'
import { LakeCheck } from './lake-check.ts'

const place = { topic: 't', epoch: 0, partition: 0 }
const signal = new AbortController().signal

async function found(store: Store, topics?: readonly string[]): Promise<string[]> {
  const findings = await new LakeCheck(store, { topics, signal }).run()
  return findings.map(({ code, key }) => `${code} ${key}`).toSorted()
}

async function copyTo(store: Store, { objects }: MemoryStore): Promise<void> {
  for (const [key, { bytes, object }] of objects)
    await store.create({ ...object, key, body: Content.of(bytes), digest: object.digest })
}

describe('a whole lake', () => {
  test('has no differences, and all of it is counted', async () => {
    const store = await wholeLake()
    const check = new LakeCheck(store, { topics: undefined, signal })
    expect(await check.run()).toEqual([])
    expect(check.totals).toMatchObject({ chains: 2, links: 6, objects: 8, records: 24 })
  })

  test('in a folder has none either', async () => {
    await using folder = await temporaryFolder()
    await using store = await openFolderStore(folder.path)
    await copyTo(store, await wholeLake())
    expect(await found(store)).toEqual([])
  })
})

describe('each mutilation is found and named', () => {
  for (const { title, spoil, found: expected } of mutilations) {
    test(`${title}, in memory`, async () => {
      const store = await wholeLake()
      await spoil(openMemory(store))
      expect(await found(store)).toEqual(expected)
    })

    test(`${title}, in a folder`, async () => {
      await using folder = await temporaryFolder()
      await using store = await openFolderStore(folder.path)
      await copyTo(store, await wholeLake())
      await spoil(openFolder(folder.path))
      expect(await found(store)).toEqual(expected)
    })
  }

  test('of dead letters, too', async () => {
    const store = await wholeLake()
    const key = dataKey(8, 11, 0, '.json.gz').replace('topics/', 'dead/')
    await openMemory(store).remove(key)
    // It is of the latest link: a consumer that gets the partition stores it.
    expect(await found(store)).toEqual([`unfinished ${key}`])
  })
})

describe('a chain', () => {
  test('without its genesis, or without its first link, has a hole', async () => {
    const store = await wholeLake()
    await openMemory(store).remove(genesisKey(place))
    expect(await found(store)).toEqual([`link-missing ${genesisKey(place)}`])
    const other = await wholeLake()
    await openMemory(other).remove(linkKey(place, 0n))
    expect(await found(other)).toEqual([
      `link-missing ${linkKey(place, 0n)}`,
      `orphan ${dataKey(0, 3, 0, '.json.gz')}`,
    ])
  })

  test('with a link in the place of another is told', async () => {
    const store = await wholeLake()
    const lake = openMemory(store)
    await lake.put(linkKey(place, 4n), await lake.get(linkKey({ ...place, partition: 1 }, 4n)))
    expect(await found(store)).toContain(`link-misplaced ${linkKey(place, 4n)}`)
  })

  test('with a link that nobody can read is told', async () => {
    const store = await wholeLake()
    await openMemory(store).put(linkKey(place, 4n), Buffer.from('{"version":2}'))
    expect(await found(store)).toContain(`link-unreadable ${linkKey(place, 4n)}`)
  })

  test('whose settings were changed is told once for each of its files', async () => {
    const store = await wholeLake()
    const [key] = (await Array.fromAsync(store.list('_chain/config/'))) as [string]
    await openMemory(store).put(key, Buffer.from('{}'))
    expect(new Set((await found(store)).map((one) => one.split(' ')[0]))).toEqual(new Set(['settings']))
  })
})

test('topics that are not asked for are not looked at', async () => {
  const store = await wholeLake()
  await openMemory(store).put('topics/other/x.json', Buffer.from('{}'))
  expect(await found(store, ['t'])).toEqual([])
  expect(await found(store)).toEqual(['foreign topics/other/x.json'])
})
