/** Which segments of a log are too old or too many. Pure. */

import { type Chunk } from './chunk.ts'

/** What Kafka would keep in one file: retention deletes it as a whole. */
export type Segment = {
  readonly baseOffset: bigint
  readonly bytes: number
  readonly maxTimestamp: number
}

/** A segment is one or more chunks. */
export function segmentsOf(chunks: readonly Chunk[]): readonly Segment[] {
  const segments: Segment[] = []
  for (const { baseOffset, beginsSegment, length, maxTimestamp } of chunks) {
    const last = beginsSegment ? undefined : segments.pop()
    segments.push({
      baseOffset: last?.baseOffset ?? baseOffset,
      bytes: (last?.bytes ?? 0) + length,
      maxTimestamp: Math.max(last?.maxTimestamp ?? -1, maxTimestamp),
    })
  }
  return segments
}

/**
 * The offset of the first segment that stays, by the settings `retention.ms` and `retention.bytes` (negative: no limit).
 * @returns `undefined` when none stays
 */
export function firstToKeep(
  segments: readonly Segment[],
  limits: { readonly now: number; readonly retentionMs: number; readonly retentionBytes: number },
): bigint | undefined {
  const { now, retentionMs, retentionBytes } = limits
  const isOld = ({ maxTimestamp }: Segment): boolean => retentionMs >= 0 && now - maxTimestamp > retentionMs
  let surplus = segments.reduce((sum, { bytes }) => sum + bytes, 0) - retentionBytes
  let kept = segments.findIndex((segment) => !isOld(segment))
  if (kept === -1) return undefined
  if (retentionBytes >= 0)
    for (const [index, { bytes }] of segments.entries()) {
      surplus -= bytes
      if (surplus < 0) break
      // The last segment is being written: its size alone never deletes it.
      if (index >= kept && index < segments.length - 1) kept = index + 1
    }
  return segments[kept]?.baseOffset
}
