import { describe, expect, test } from 'vitest'
import { abandonKey, linkKey } from '../chain/chain-keys.ts'
import { decodeLink, encodeLink, type RangeLink } from '../chain/link.ts'
import { locate } from '../locate.ts'
import type { Store } from '../lake/store.ts'
import { openMemory, wholeLake } from '../testing/mutilations.ts'
import { dataKey, type MemoryStore } from '../testing/records.ts'
import type { Location } from './location.ts'
import { sentenceOf } from './location-text.ts'
import { linkAtTime } from './time-search.ts'

const place = { topic: 't', epoch: 0, partition: 0 }

/** Counts what is asked of the store. */
function counted(store: MemoryStore): { readonly store: Store; readonly requests: string[] } {
  const requests: string[] = []
  const asked = new Set(['read', 'head', 'list', 'folders', 'open', 'create'])
  const proxy = new Proxy<Store>(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        if (asked.has(String(name))) requests.push(String(name))
        return Reflect.apply(value, target, given)
      }
    },
  })
  return { store: proxy, requests }
}

/** `line key`, or the kind when no object has it. */
function shown(location: Location): string {
  if (location.kind !== 'stored') return location.kind
  const [one, ...others] = location.holders
  if (!location.isCertain || others.length > 0 || one === undefined) return 'uncertain'
  return `${one.firstLine} ${one.key}`
}

async function setLink(store: MemoryStore, start: bigint, change: Partial<RangeLink>): Promise<void> {
  const lake = openMemory(store)
  const key = linkKey(place, start)
  const link = decodeLink(await lake.get(key))
  if (link.kind !== 'range') throw new Error('no range')
  await lake.put(key, encodeLink({ ...link, ...change }))
}

describe('locate', () => {
  test('tells object and line of an offset with one listing and one read', async () => {
    const { store, requests } = counted(await wholeLake())
    for (const [offset, line, start] of [
      [0n, 1, 0],
      [3n, 4, 0],
      [4n, 1, 4],
      [6n, 3, 4],
    ] as const) {
      expect(shown(await locate(store, place, offset))).toBe(
        `${line} ${dataKey(start, start + 3, 0, '.json.gz')}`,
      )
      expect(requests.splice(0)).toEqual(['list', 'read'])
    }
  })

  test('needs no more than these two, whatever it finds', async () => {
    const { store, requests } = counted(await wholeLake())
    for (const partition of [0, 1, 2]) {
      for (let offset = 0n; offset < 20n; offset++) {
        await locate(store, { ...place, partition }, offset)
        expect(requests.splice(0).length).toBeLessThanOrEqual(2)
      }
    }
  })

  test('bounds the line where dead letters lie between, and --exact tells which it is', async () => {
    const store = await wholeLake()
    const data = dataKey(8, 11, 0, '.json.gz')
    const dead = data.replace('topics/', 'dead/')
    expect(await locate(store, place, 10n)).toMatchObject({
      kind: 'stored',
      isCertain: false,
      holders: [
        { key: data, firstLine: 2, lastLine: 3 },
        { key: dead, isDead: true, firstLine: 1, lastLine: 1 },
      ],
    })
    expect(shown(await locate(store, place, 8n, true))).toBe(`1 ${data}`)
    expect(shown(await locate(store, place, 9n, true))).toBe(`1 ${dead}`)
    expect(shown(await locate(store, place, 10n, true))).toBe(`2 ${data}`)
    expect(shown(await locate(store, place, 11n, true))).toBe(`3 ${data}`)
  })

  test('says what is not stored yet, what no chain has, and what lies before the chain', async () => {
    const store = await wholeLake()
    expect(await locate(store, place, 12n)).toEqual({ kind: 'not-stored-yet', frontier: 12n })
    expect(await locate(store, { ...place, partition: 7 }, 0n)).toEqual({ kind: 'no-link' })
    const key = '_chain/t@0/0/genesis.json'
    const genesis = JSON.parse(String(await store.read(key))) as object
    await openMemory(store).remove(linkKey(place, 0n))
    await openMemory(store).put(key, Buffer.from(JSON.stringify({ ...genesis, start: '4' })))
    expect(shown(await locate(store, place, 3n))).toBe('before-the-chain')
  })

  test('says that offsets were given up, before they were claimed or after', async () => {
    const store = await wholeLake()
    const {
      records: _,
      digest: _d,
      files: _f,
      dead: _x,
      config: _c,
      ...common
    } = decodeLink((await store.read(linkKey(place, 4n)))!) as RangeLink
    const gap = encodeLink({ ...common, kind: 'gap', reason: 'corrupt', who: 'ann' })
    await openMemory(store).put(abandonKey(place, 4n), gap)
    const location = await locate(store, place, 5n)
    expect(sentenceOf(place, 5n, location)).toMatch(
      /^offset 5 .* was given up with 4 to 7 at .*: corrupt \(ann\)$/,
    )
    expect(shown(await locate(store, place, 8n, true))).toBe(`1 ${dataKey(8, 11, 0, '.json.gz')}`)
  })

  test('tells nothing that is not sure: an offset without a record is in no object', async () => {
    const store = await wholeLake()
    const link = decodeLink((await store.read(linkKey(place, 4n)))!) as RangeLink
    const [file] = link.files
    await setLink(store, 4n, { records: 3, files: [{ ...file!, records: 3, last: 6n }] })
    expect(shown(await locate(store, place, 7n))).toBe('no-record')
    expect(shown(await locate(store, place, 6n))).toBe(`3 ${file!.key}`)
  })
})

describe('the search for a time', () => {
  test('finds the first link that has a record so late', async () => {
    const store = await wholeLake()
    for (const start of [0n, 4n, 8n]) {
      const link = decodeLink((await store.read(linkKey(place, start)))!) as RangeLink
      const times = { minTimestamp: start * 10n, maxTimestamp: start * 10n + 30n }
      const tail = { ...link.tail!, timestamp: times.maxTimestamp }
      await setLink(store, start, { tail, files: link.files.map((file) => ({ ...file, ...times })) })
    }
    const found = async (time: bigint): Promise<bigint | undefined> =>
      (await linkAtTime(store, place, time))?.start
    expect(await Promise.all([0n, 30n, 31n, 70n, 71n, 110n, 111n].map(found))).toEqual([
      0n,
      0n,
      4n,
      4n,
      8n,
      8n,
      undefined,
    ])
    expect(await linkAtTime(store, { ...place, partition: 9 }, 0n)).toBeUndefined()
  })
})
