/**
 * Where an assigned partition goes on: decided by the chain and by what the log still holds, and by nothing else (rule R6:
 * a committed offset is a hint). Pure.
 */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { logEndsBefore, sourceGap, topicMadeAnew, type PartitionHalt } from './halt.ts'
import type { RangeLink, Tail } from './link.ts'
import type { ChainView } from './partition-chain.ts'

export type Resume =
  /** Some files of the latest claim are missing: read its offsets again and finish it, then go on. */
  | { readonly kind: 'finish'; readonly readFrom: bigint; readonly claimed: RangeLink }
  /** The record at `readFrom` is to be the tail, then go on at the frontier. */
  | { readonly kind: 'prove'; readonly readFrom: bigint; readonly frontier: bigint; readonly tail: Tail }
  | { readonly kind: 'go-on'; readonly readFrom: bigint; readonly frontier: bigint }
  /** The log has lost these offsets: they stay lost unless somebody gives them up. `abandons`: they were claimed. */
  | {
      readonly kind: 'gap'
      readonly start: bigint
      readonly end: bigint
      readonly abandons: boolean
      readonly halt: PartitionHalt
    }
  | { readonly kind: 'halt'; readonly halt: PartitionHalt }

export type Log = {
  /** Its first offset, and the one after its last. */
  readonly low: bigint
  readonly high: bigint
  readonly topicId?: string | undefined
}

export function resumeOf(
  at: TopicPartition,
  { frontier, latest, missing, tail, topicId }: ChainView,
  log: Log,
): Resume {
  if (isOtherTopic(topicId, log.topicId))
    return { kind: 'halt', halt: topicMadeAnew(at, topicId, log.topicId) }
  if (frontier > log.high) return { kind: 'halt', halt: logEndsBefore(at, frontier, log.high) }
  if (missing.length > 0 && latest?.kind === 'range') {
    const { start, end } = latest
    if (start >= log.low) return { kind: 'finish', readFrom: start, claimed: latest }
    return { kind: 'gap', start, end, abandons: true, halt: sourceGap(at, start, log.low) }
  }
  if (frontier < log.low) {
    const halt = sourceGap(at, frontier, log.low)
    return { kind: 'gap', start: frontier, end: log.low - 1n, abandons: false, halt }
  }
  if (tail === undefined || tail.offset < log.low) return { kind: 'go-on', readFrom: frontier, frontier }
  return { kind: 'prove', readFrom: tail.offset, frontier, tail }
}

/** Both ids are told, and they differ. */
export function isOtherTopic(known: string | undefined, found: string | undefined): boolean {
  return known !== undefined && found !== undefined && known !== found
}
