/** Offsets by time: what ListOffsets with a timestamp answers. */

import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type PartitionLog } from './partition-log.ts'
import { type RecordBatch, compression } from './record-batch.ts'
import { recordsOf } from './records.ts'

export type TimedOffset = { readonly offset: bigint; readonly timestamp: number }

/** The first record at or after the time. Of a batch that cannot be opened (snappy, lz4), its first record. */
export function offsetAtTime(log: PartitionLog, time: number): TimedOffset | undefined {
  for (const chunk of log.chunks) {
    if (chunk.maxTimestamp < time) continue
    for (const batch of chunk.batches()) {
      if (batch.maxTimestamp < time || batch.lastOffset < log.startOffset) continue
      const found = timesOf(batch).find(
        ({ offset, timestamp }) => timestamp >= time && offset >= log.startOffset,
      )
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** The first of the records with the highest timestamp. */
export function offsetOfLatestTime(log: PartitionLog): TimedOffset | undefined {
  let best: RecordBatch | undefined
  for (const chunk of log.chunks)
    for (const batch of chunk.batches())
      if (
        batch.lastOffset >= log.startOffset &&
        (best === undefined || batch.maxTimestamp > best.maxTimestamp)
      )
        best = batch
  if (best === undefined) return undefined
  const latest = best.maxTimestamp
  return timesOf(best).find(({ timestamp }) => timestamp === latest)
}

function timesOf(batch: RecordBatch): readonly TimedOffset[] {
  const { baseOffset, baseTimestamp, maxTimestamp } = batch
  const payload = openPayload(batch)
  if (payload === undefined) return [{ offset: baseOffset, timestamp: maxTimestamp }]
  return Array.from(recordsOf(payload, batch.count), ({ offsetDelta, timestampDelta }) => ({
    offset: baseOffset + BigInt(offsetDelta),
    timestamp: batch.hasLogAppendTime ? maxTimestamp : baseTimestamp + timestampDelta,
  }))
}

/** The records of a batch; `undefined` when its codec is not Node's, or its bytes are not sound. */
export function openPayload(batch: RecordBatch): Buffer | undefined {
  try {
    return decompressed(batch)
  } catch {
    return undefined
  }
}

function decompressed(batch: RecordBatch): Buffer | undefined {
  switch (batch.compression) {
    case compression.none:
      return batch.payload
    case compression.gzip:
      return gunzipSync(batch.payload)
    case compression.zstd:
      return zstdDecompressSync(batch.payload)
    default:
      return undefined
  }
}
