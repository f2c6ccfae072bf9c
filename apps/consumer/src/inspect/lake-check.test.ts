import { describe, expect, test } from 'vitest'
import { abandonKey, genesisKey, linkKey } from '../chain/chain-keys.ts'
import { decodeLink, encodeLink, type RangeLink } from '../chain/link.ts'
import { Content } from '../content.ts'
import { openFolderStore } from '../lake/folder-store.ts'
import type { Store } from '../lake/store.ts'
import { temporaryFolder } from '../testing/folder.ts'
import { mutilations, openFolder, openMemory, wholeLake } from '../testing/mutilations.ts'
import { startPipeline } from '../testing/pipeline.ts'
import { batch, dataKey, type MemoryStore } from '../testing/records.ts'
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
    expect(await found(store)).toEqual([`link-unreadable ${linkKey(place, 4n)}`])
  })

  test('whose settings were changed is told once for each of its files', async () => {
    const store = await wholeLake()
    const [key] = (await Array.fromAsync(store.list('_chain/config/'))) as [string]
    await openMemory(store).put(key, Buffer.from('{}'))
    expect(new Set((await found(store)).map((one) => one.split(' ')[0]))).toEqual(new Set(['settings']))
  })
})

describe('old links', () => {
  test('may be collected as long as the newest 100 are left: a note, also for what they had claimed', async () => {
    expect(await found(await collected(105, 5))).toEqual([`collected ${genesisKey(place)}`])
    const withoutGenesis = await collected(105, 5)
    await openMemory(withoutGenesis).remove(genesisKey(place))
    expect(await found(withoutGenesis)).toEqual([`collected ${genesisKey(place)}`])
  })

  test('may not be collected when there are fewer', async () => {
    expect(await found(await collected(104, 5))).toContain(`link-missing ${linkKey(place, 0n)}`)
  })

  test('do not hide what is foreign, or a hole above them', async () => {
    const store = await collected(110, 5)
    const lake = openMemory(store)
    await lake.put('topics/t/partition=0/x.json', Buffer.from('{}'))
    await lake.remove(linkKey(place, 50n))
    expect(await found(store)).toEqual([
      `collected ${genesisKey(place)}`,
      'foreign topics/t/partition=0/x.json',
      `link-missing ${linkKey(place, 50n)}`,
      `orphan ${dataKey(50, 50)}`,
    ])
  })
})

test('an object whose link is written while the lake is verified is not foreign', async () => {
  const store = await wholeLake()
  const key = linkKey(place, 8n)
  const link = await openMemory(store).get(key)
  // The chain is listed without its latest link; the objects come later, and then the link is there.
  await openMemory(store).remove(key)
  const listed = store.list.bind(store)
  store.list = (prefix, ...more) => {
    if (prefix === 'topics/') void openMemory(store).put(key, link)
    return listed(prefix, ...more)
  }
  expect(await found(store)).toEqual([])
})

test('what an operator gave up is a note, and a chain that goes on in another epoch has to be ended', async () => {
  const store = await wholeLake()
  const lake = openMemory(store)
  const {
    files: _,
    records: _r,
    digest: _d,
    dead: _x,
    config: _c,
    ...common
  } = decodeLink(await lake.get(linkKey(place, 8n))) as RangeLink
  const gap = { ...common, kind: 'gap', start: 12n, end: 14n, reason: 'corrupt', who: 'ann' } as const
  await lake.put(linkKey(place, 12n), encodeLink(gap))
  expect(await found(store)).toEqual([`given-up ${linkKey(place, 12n)}`])
  const genesis = JSON.parse(String(await lake.get(genesisKey(place)))) as object
  const next = genesisKey({ ...place, epoch: 1 })
  await lake.put(next, Buffer.from(JSON.stringify({ ...genesis, epoch: 1 })))
  expect(await found(store)).toEqual(['epoch-open _chain/t@0/0/', `given-up ${linkKey(place, 12n)}`])
  await lake.put(linkKey(place, 15n), encodeLink({ ...gap, kind: 'end', start: 15n, end: 15n }))
  expect(await found(store)).toEqual([`given-up ${linkKey(place, 12n)}`])
})

test('what was claimed and not stored when the chain was ended is lost, and no difference', async () => {
  const store = await wholeLake()
  const lake = openMemory(store)
  const { topic, epoch, partition, nonce, plannedAt } = decodeLink(await lake.get(linkKey(place, 8n)))
  const end = { version: 1, topic, epoch, partition, nonce, plannedAt, start: 12n, end: 12n } as const
  await lake.put(linkKey(place, 12n), encodeLink({ ...end, kind: 'end', reason: 'made anew', who: 'ann' }))
  const [before, last] = [dataKey(4, 7, 0, '.json.gz'), dataKey(8, 11, 0, '.json.gz')]
  await lake.remove(last)
  await lake.remove(before)
  expect(await found(store)).toEqual([`lost ${last}`, `missing ${before}`])
})

test('files of a claim that was abandoned may be missing', async () => {
  const store = await wholeLake()
  const lake = openMemory(store)
  const {
    files: _,
    records: _r,
    digest: _d,
    dead: _x,
    config: _c,
    ...common
  } = decodeLink(await lake.get(linkKey(place, 4n))) as RangeLink
  await lake.put(abandonKey(place, 4n), encodeLink({ ...common, kind: 'gap', reason: 'retention', who: 'r' }))
  await lake.remove(dataKey(4, 7, 0, '.json.gz'))
  expect(await found(store)).toEqual([`given-up ${abandonKey(place, 4n)}`])
})

test('when it is stopped it says so, instead of what it has not seen', async () => {
  const stopped = AbortSignal.abort(new Error('stopped'))
  const check = new LakeCheck(await wholeLake(), { topics: undefined, signal: stopped })
  await expect(check.run()).rejects.toThrow('stopped')
})

test('topics that are not asked for are not looked at', async () => {
  const store = await wholeLake()
  await openMemory(store).put('topics/other/x.json', Buffer.from('{}'))
  expect(await found(store, ['t'])).toEqual([])
  expect(await found(store)).toEqual(['foreign topics/other/x.json'])
})

/** A chain of `links` links of one record each, from which those below `from` were deleted. */
async function collected(links: number, from: number): Promise<MemoryStore> {
  const { pipeline, assign, store, turns } = startPipeline({ limits: { maxRecords: 1 } })
  await assign(0)
  await pipeline.batch(batch(0, links - 1))
  await turns()
  for (let start = 0; start < from; start++) await openMemory(store).remove(linkKey(place, BigInt(start)))
  return store
}
