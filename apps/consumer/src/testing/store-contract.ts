/** What every store has to hold, whatever is behind it: each test of a store runs all of these on an empty one. */
import { buffer } from 'node:stream/consumers'
import { expect } from 'vitest'
import type { NewObject, Store, WriteGuard } from '../lake/store.ts'
import { Content } from '../content.ts'

export type StoreRule = {
  /** A sentence that continues "the store …". */
  readonly title: string
  readonly holds: (store: Store) => Promise<void>
}

/** Runs a rule, for a test. */
export async function expectRule({ holds }: StoreRule, store: Store): Promise<void> {
  await holds(store)
}

export const storeContract: readonly StoreRule[] = [
  {
    title:
      'never replaces: what is there with this content is the same, other content is told and left alone',
    async holds(store) {
      expect(await store.create(newObject(['a']))).toBe('created')
      expect(await store.create(newObject(['a']))).toBe('same')
      expect(await store.create(newObject(['b']))).toBe('different')
      expect(String(await store.read('a/k.json'))).toBe('a\n')
    },
  },
  {
    title: 'lets one of many writers at once create',
    async holds(store) {
      const writers = Array.from({ length: 8 }, (_, i) => store.create(newObject([`${i}`])))
      const outcomes = await Promise.all(writers)
      expect(outcomes.toSorted()).toEqual(['created', ...Array<string>(7).fill('different')])
      const winner = outcomes.indexOf('created')
      expect(String(await store.read('a/k.json'))).toBe(`${winner}\n`)
    },
  },
  {
    title: 'gives back what was created: whole, as facts, and as a stream',
    async holds(store) {
      const lines = ['a', 'ä'.repeat(200_000), 'z']
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      await store.create(newObject(lines))
      expect((await store.read('a/k.json'))?.equals(bytes)).toBe(true)
      expect(await store.head('a/k.json')).toMatchObject({ bytes: bytes.length })
      expect((await buffer(await store.open('a/k.json'))).equals(bytes)).toBe(true)
    },
  },
  {
    title: 'says of an object that is not there that it is not',
    async holds(store) {
      await store.create(newObject(['a'], { key: 'a/b/c.json' }))
      for (const key of ['none', 'a/b', 'a/b/c', 'a/b/c.json2', 'a/b/c.json/d']) {
        expect([await store.read(key), await store.head(key)]).toEqual([undefined, undefined])
        await expect(store.open(key)).rejects.toThrow(/ is not there/)
      }
    },
  },
  {
    title: 'lists keys in the order of their bytes, as many as are asked for',
    async holds(store) {
      const keys = ['p/+/x', 'p/0', 'p/1-a', 'p/1/a', 'p/1/b/c', 'p/10', 'p/_', 'p/a', 'p/ü', 'q']
      for (const key of keys.toReversed()) await store.create(newObject(['x'], { key }))
      expect(await listed(store, '')).toEqual(keys)
      expect(await listed(store, 'p/')).toEqual(keys.slice(0, -1))
      expect(await listed(store, 'p/', 1)).toEqual(['p/+/x'])
      expect(await listed(store, 'p/1')).toEqual(['p/1-a', 'p/1/a', 'p/1/b/c', 'p/10'])
      expect(await listed(store, 'p/1', 3)).toEqual(['p/1-a', 'p/1/a', 'p/1/b/c'])
      expect(await listed(store, 'p/1/')).toEqual(['p/1/a', 'p/1/b/c'])
      expect(await listed(store, 'none/')).toEqual([])
      expect(await listed(store, 'p/', 2, 'p/1')).toEqual(['p/1-a', 'p/1/a'])
      expect(await listed(store, 'p/', 2, 'p/1-a')).toEqual(['p/1/a', 'p/1/b/c'])
      expect(await listed(store, 'p/', 2, 'p/1/b')).toEqual(['p/1/b/c', 'p/10'])
      expect(await listed(store, 'p/', 2, 'p/ü')).toEqual([])
    },
  },
  {
    title: 'tells the folders that follow a prefix, each once, and no objects',
    async holds(store) {
      for (const key of ['c/t@0/1/x', 'c/t@0/2/x', 'c/t@10/1/x', 'c/t@2', 'c/tt@5/1/x', 'c/t@3/1/x/y'])
        await store.create(newObject(['x'], { key }))
      expect(await store.folders('c/t@')).toEqual(['0', '10', '3'])
      expect(await store.folders('c/t@0/')).toEqual(['1', '2'])
      expect(await store.folders('none/')).toEqual([])
    },
  },
  {
    title: 'looks at the chain again before it writes by an old view, as often as it takes',
    async holds(store) {
      let looks = 0
      const guard = { isFresh: () => looks >= 2, renew: async () => void looks++ }
      expect(await store.create(newObject(['a'], { guard }))).toBe('created')
      expect(looks).toBe(2)
    },
  },
  {
    title: 'writes nothing when the chain has gone on, and passes on how it was told so',
    async holds(store) {
      class Overtaken extends Error {}
      const guard: WriteGuard = {
        isFresh: () => false,
        renew: () => Promise.reject(new Overtaken('gone on')),
      }
      await expect(store.create(newObject(['a'], { guard }))).rejects.toBeInstanceOf(Overtaken)
      expect(await store.head('a/k.json')).toBeUndefined()
    },
  },
]

export function newObject(lines: readonly string[], more: Partial<NewObject> = {}): NewObject {
  const facts = { start: '0', end: '1', records: '1' }
  const body = Content.of(Buffer.from(lines.map((line) => `${line}\n`).join('')))
  return { key: 'a/k.json', body, digest: undefined, contentType: 'application/x-ndjson', facts, ...more }
}

async function listed(store: Store, prefix: string, limit?: number, after?: string): Promise<string[]> {
  return await Array.fromAsync(store.list(prefix, limit, after))
}
