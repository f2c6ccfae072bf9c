/**
 * The cleanup policy `compact`: of each key only the last record stays, with its offset. Pure.
 *
 * Batches that nobody here can open (snappy, lz4), control batches and those of transactions stay as they are.
 */

import { gzipSync, zstdCompressSync } from 'node:zlib'
import { openPayload } from './offset-lookup.ts'
import { RecordBatch, buildBatch, compression } from './record-batch.ts'
import { recordsOf } from './records.ts'

export type CompactionLimits = {
  readonly now: number
  /** A record without a value deletes its key, and goes itself when it is so old. */
  readonly deleteRetentionMs: number
}

/** The same batches without records that a later one of them replaces; batches without records are left out. */
export function compacted(batches: readonly RecordBatch[], limits: CompactionLimits): readonly RecordBatch[] {
  const lastOffsets = new Map<string, bigint>()
  for (const batch of batches) for (const { key, offset } of keysOf(batch)) lastOffsets.set(key, offset)
  return batches.flatMap((batch) => compactedBatch(batch, lastOffsets, limits) ?? [])
}

function isOpenable(batch: RecordBatch): boolean {
  return !batch.isControl && !batch.isTransactional && openPayload(batch) !== undefined
}

function keysOf(batch: RecordBatch): readonly { readonly key: string; readonly offset: bigint }[] {
  const payload = isOpenable(batch) ? openPayload(batch) : undefined
  if (payload === undefined) return []
  return Array.from(recordsOf(payload, batch.count), ({ key, offsetDelta }) => ({
    key: key?.toString('latin1') ?? '',
    offset: batch.baseOffset + BigInt(offsetDelta),
  }))
}

function compactedBatch(
  batch: RecordBatch,
  lastOffsets: ReadonlyMap<string, bigint>,
  { now, deleteRetentionMs }: CompactionLimits,
): RecordBatch | undefined {
  const payload = isOpenable(batch) ? openPayload(batch) : undefined
  if (payload === undefined) return batch
  const isOld = batch.maxTimestamp + deleteRetentionMs < now
  const kept = [...recordsOf(payload, batch.count)].filter(({ key, offsetDelta, hasValue }) => {
    const isLast = lastOffsets.get(key?.toString('latin1') ?? '') === batch.baseOffset + BigInt(offsetDelta)
    return isLast && (hasValue || !isOld)
  })
  if (kept.length === 0) return undefined
  if (kept.length === batch.count) return batch
  const records = Buffer.concat(kept.map(({ bytes }) => bytes))
  return new RecordBatch(
    buildBatch({
      ...batch.fields(),
      records: compressed(records, batch.compression),
      count: kept.length,
      maxTimestamp: batch.hasLogAppendTime
        ? batch.maxTimestamp
        : Math.max(...kept.map(({ timestampDelta }) => batch.baseTimestamp + timestampDelta)),
    }),
  )
}

function compressed(records: Buffer, codec: number): Buffer {
  if (codec === compression.gzip) return gzipSync(records)
  if (codec === compression.zstd) return zstdCompressSync(records)
  return records
}
