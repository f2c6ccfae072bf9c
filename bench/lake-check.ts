/** Proves that a run stored exactly the records of the topic: names tile the offsets, lines are as many as offsets. */
import { createReadStream } from 'node:fs'
import { glob, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { Readable } from 'node:stream'
import { type LoadedTopic } from './topic.ts'

export type StoredObject = { readonly name: string; readonly bytes: number; readonly open: () => Readable }

/** The data objects of a folder. */
export async function objectsOfFolder(folder: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = []
  for await (const file of glob('topics/**/partition=*/*', { cwd: folder })) {
    const path = join(folder, file)
    objects.push({
      name: file,
      bytes: (await stat(path)).size,
      open: () => createReadStream(path, { highWaterMark: 1 << 20 }),
    })
  }
  return objects
}

/** The data objects of a bucket. Each is read when it is opened, one after the other. */
export async function objectsOfBucket(
  s3: {
    list(bucket: string, prefix?: string): Promise<readonly string[]>
    get(bucket: string, key: string): Promise<Buffer>
  },
  bucket: string,
): Promise<StoredObject[]> {
  const objects: StoredObject[] = []
  for (const key of await s3.list(bucket, 'topics/')) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const body = await s3.get(bucket, key)
    objects.push({ name: key, bytes: body.length, open: () => Readable.from([body]) })
  }
  return objects
}

/** @throws Error that says what is missing, twice, or not counted right */
export async function checkLake(objects: readonly StoredObject[], topic: LoadedTopic): Promise<void> {
  const byPartition = new Map<number, { start: number; end: number; object: StoredObject }[]>()
  for (const object of objects) {
    const range = rangeOf(basename(object.name))
    const ranges = byPartition.get(range.partition) ?? []
    byPartition.set(range.partition, ranges)
    ranges.push({ ...range, object })
  }
  for (const [partition, records] of topic.partitions.entries()) {
    const ranges = (byPartition.get(partition) ?? []).toSorted((a, b) => a.start - b.start)
    let next = 0
    for (const { start, end, object } of ranges) {
      if (start !== next) throw new Error(`${object.name} begins at ${start}, not at ${next}`)
      // oxlint-disable-next-line no-await-in-loop -- one core is enough for this
      const lines = await countLines(object)
      if (lines !== end - start + 1) throw new Error(`${object.name} holds ${lines} lines`)
      next = end + 1
    }
    if (next !== records) throw new Error(`partition ${partition} ends at ${next}, not at ${records}`)
  }
}

function rangeOf(name: string): { partition: number; start: number; end: number } {
  const [, partition, start, end] = /\+(\d+)\+(\d{20})-(\d{20})\.json/.exec(name) ?? []
  if (partition === undefined) throw new Error(`${name} is not the name of a data object`)
  return { partition: Number(partition), start: Number(start), end: Number(end) }
}

async function countLines({ name, open }: StoredObject): Promise<number> {
  const bytes = open()
  const plain = name.endsWith('.gz')
    ? bytes.pipe(createGunzip({ chunkSize: 1 << 20 }))
    : name.endsWith('.zst')
      ? bytes.pipe(createZstdDecompress({ chunkSize: 1 << 20 }))
      : bytes
  let lines = 0
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
  }
  return lines
}
