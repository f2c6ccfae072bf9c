/** Stores the objects of a claimed range: create, compare. */
import { objectConflict } from './chain/halt.ts'
import type { PreparedRange } from './prepared-range.ts'
import type { Store, WriteGuard } from './lake/store.ts'

/** What a range became. */
export type StoredRange = {
  readonly objects: number
  readonly deadObjects: number
  /** Size of the objects, as stored. */
  readonly bytes: number
  /** The same before compression. */
  readonly contentBytes: number
}

/** All files of the range are durable when it resolves. Throws a PartitionHalt, or the store's Failure. */
export async function storeRange(
  store: Store,
  range: PreparedRange,
  guard: WriteGuard,
): Promise<StoredRange> {
  const stored = { objects: 0, deadObjects: 0, bytes: 0, contentBytes: 0 }
  for (const file of range.files) {
    const outcome = await store.create({
      key: file.key,
      body: file.body,
      digest: file.digest,
      contentType: file.contentType,
      compression: file.compression,
      facts: { start: String(range.start), end: String(range.end), records: String(file.records) },
      guard,
    })
    // failpoint: file-created
    if (outcome === 'different') throw objectConflict(range, file.key, store.name)
    stored.bytes += file.body.bytes
    stored.contentBytes += file.contentBytes
    if (file.kind === 'data') stored.objects++
    else stored.deadObjects++
  }
  return stored
}
