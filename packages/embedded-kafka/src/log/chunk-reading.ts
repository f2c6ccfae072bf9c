/** Reading a range of offsets from a partition's chunks: nothing is copied. */

import { type Chunk } from './chunk.ts'
import { type Pins } from './pins.ts'

/** Offsets `from` up to, not including, `end`. */
export type OffsetRange = { readonly from: bigint; readonly end: bigint }

/** The chunks that hold the range; the first one may begin before it. */
function* chunksOf(chunks: readonly Chunk[], { from, end }: OffsetRange): Generator<Chunk> {
  for (let at = indexOf(chunks, from); at < chunks.length; at++) {
    const chunk = chunks[at]
    if (chunk === undefined || chunk.baseOffset >= end) return
    yield chunk
  }
}

/** Index of the last chunk that begins at the offset or before. */
function indexOf(chunks: readonly Chunk[], offset: bigint): number {
  let [low, high] = [0, chunks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const chunk = chunks[middle]
    if (chunk !== undefined && chunk.baseOffset <= offset) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

/** Bytes of all batches that hold an offset of the range. */
export function bytesOf(chunks: readonly Chunk[], range: OffsetRange): number {
  if (range.from >= range.end) return 0
  let bytes = 0
  for (const chunk of chunksOf(chunks, range))
    bytes += chunk.positionOf(range.end) - chunk.positionOf(range.from)
  return bytes
}

/**
 * As Kafka, which cuts a file: what fits into `maxBytes`, the last batch perhaps in part. The first batch comes whole, if
 * `atLeastOne` says so, or else not at all.
 */
export function slicesOf(
  chunks: readonly Chunk[],
  range: OffsetRange,
  {
    maxBytes,
    atLeastOne,
    pins,
  }: { readonly maxBytes: number; readonly atLeastOne: boolean; readonly pins: Pins },
): readonly Buffer[] {
  const slices: Buffer[] = []
  if (range.from >= range.end) return slices
  let left = maxBytes
  for (const chunk of chunksOf(chunks, range)) {
    const from = chunk.positionOf(range.from)
    const to = chunk.positionOf(range.end)
    if (from >= to) continue
    if (slices.length === 0) {
      const first = chunk.batchAt(from).bytes.length
      if (first > left && !atLeastOne) return slices
      left = Math.max(left, first)
    }
    const slice = chunk.slice(from, Math.min(to, from + left))
    slices.push(slice)
    pins.hold(chunk)
    left -= slice.length
    if (left <= 0) break
  }
  return slices
}
