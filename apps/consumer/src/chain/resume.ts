/**
 * Where an assigned partition goes on: decided by the chain and by what the log still holds, and by nothing else (rule R6:
 * a committed offset is a hint). Pure.
 */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { logEndsBefore, rangeChanged, sourceGap, type PartitionHalt } from './halt.ts'
import type { RangeLink, Tail } from './link.ts'
import type { ChainView } from './partition-chain.ts'

export type Resume =
  /** Some files of the latest claim are missing: read its offsets again and finish it, then go on. */
  | { readonly kind: 'finish'; readonly readFrom: bigint; readonly claimed: RangeLink }
  /** The record at `readFrom` is to be the tail, then go on at the frontier. */
  | { readonly kind: 'prove'; readonly readFrom: bigint; readonly frontier: bigint; readonly tail: Tail }
  | { readonly kind: 'go-on'; readonly readFrom: bigint; readonly frontier: bigint }
  /** The log begins after the frontier: these offsets are lost unless somebody gives them up. */
  | { readonly kind: 'gap'; readonly start: bigint; readonly end: bigint; readonly halt: PartitionHalt }
  | { readonly kind: 'halt'; readonly halt: PartitionHalt }

/** @param log its first offset, and the one after its last */
export function resumeOf(
  at: TopicPartition,
  { frontier, latest, missing, tail }: ChainView,
  log: { readonly low: bigint; readonly high: bigint },
): Resume {
  if (frontier > log.high) return { kind: 'halt', halt: logEndsBefore(at, frontier, log.high) }
  if (missing.length > 0 && latest?.kind === 'range') {
    if (latest.start < log.low) return { kind: 'halt', halt: rangeChanged(latest) }
    return { kind: 'finish', readFrom: latest.start, claimed: latest }
  }
  if (frontier < log.low) {
    return { kind: 'gap', start: frontier, end: log.low - 1n, halt: sourceGap(at, frontier, log.low) }
  }
  if (tail === undefined || tail.offset < log.low) return { kind: 'go-on', readFrom: frontier, frontier }
  return { kind: 'prove', readFrom: tail.offset, frontier, tail }
}
