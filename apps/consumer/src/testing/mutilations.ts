/** Eight ways to spoil a lake behind the sink's back, and what an inspection has to say of each. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { linkKey } from '../chain/chain-keys.ts'
import { startPipeline } from './pipeline.ts'
import { batch, dataKey, turns, type MemoryStore } from './records.ts'

/** A lake whose objects can be changed, which no store allows. */
export type OpenLake = {
  get(key: string): Promise<Buffer>
  put(key: string, bytes: Buffer): Promise<void>
  remove(key: string): Promise<void>
}

export type Mutilation = {
  readonly title: string
  readonly spoil: (lake: OpenLake) => Promise<void>
  /** `code key`, in any order. */
  readonly found: readonly string[]
}

const place = { topic: 't', epoch: 0, partition: 0 }
const first = dataKey(0, 3, 0, '.json.gz')
const second = dataKey(4, 7, 0, '.json.gz')
const copy = second.replace('partition=0', 'partition=1')

export const mutilations: readonly Mutilation[] = [
  { title: 'delete', spoil: (lake) => lake.remove(second), found: [`missing ${second}`] },
  {
    title: 'truncate',
    spoil: async (lake) => await lake.put(second, (await lake.get(second)).subarray(0, -9)),
    found: [`truncated ${second}`],
  },
  {
    title: 'swap two objects',
    async spoil(lake) {
      const [one, other] = [await lake.get(first), await lake.get(second)]
      await lake.put(first, other)
      await lake.put(second, one)
    },
    found: [`swapped ${first}`, `swapped ${second}`],
  },
  {
    title: 'duplicate under another name',
    spoil: async (lake) => await lake.put(copy, await lake.get(second)),
    found: [`duplicate ${copy}`],
  },
  {
    title: 'rename',
    async spoil(lake) {
      await lake.put(copy, await lake.get(second))
      await lake.remove(second)
    },
    found: [`renamed ${second}`],
  },
  {
    title: 'edit a byte',
    async spoil(lake) {
      const bytes = Buffer.from(await lake.get(second))
      const middle = Math.floor(bytes.length / 2)
      bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
      await lake.put(second, bytes)
    },
    found: [`changed ${second}`],
  },
  {
    title: 'remove a link',
    spoil: (lake) => lake.remove(linkKey(place, 4n)),
    found: [`link-missing ${linkKey(place, 4n)}`, `orphan ${second}`],
  },
  {
    title: 'a foreign object',
    spoil: (lake) => lake.put('topics/t/partition=0/notes.json', Buffer.from('{}\n')),
    found: ['foreign topics/t/partition=0/notes.json'],
  },
]

/** The lake that they spoil: two partitions with three ranges each, compressed, dead letters in the last. */
export async function wholeLake(): Promise<MemoryStore> {
  const { pipeline, assign, store, drain, ended } = startPipeline({
    limits: { maxRecords: 4 },
    compression: 'gzip',
  })
  await assign(0, 1)
  for (const partition of [0, 1]) {
    const valueAt = (n: number): string => (n === 9 ? 'no JSON' : `{"n":${n},"partition":${partition}}`)
    await pipeline.batch(batch(0, 11, { partition, valueAt }))
    await turns()
  }
  drain.abort()
  await ended
  return store
}

export function openMemory({ objects }: MemoryStore): OpenLake {
  return {
    get: async (key) => objects.get(key)!.bytes,
    async put(key, bytes) {
      const { object } = [...objects.values()][0]!
      objects.set(key, { bytes, object })
    },
    async remove(key) {
      objects.delete(key)
    },
  }
}

export function openFolder(path: string): OpenLake {
  return {
    get: (key) => readFile(join(path, key)),
    put: (key, bytes) => writeFile(join(path, key), bytes),
    remove: (key) => rm(join(path, key)),
  }
}
