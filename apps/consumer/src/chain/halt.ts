/** Why a partition is halted: nothing more is written to it until somebody decides. The others go on. */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { Failure } from '@pinpipe/service/failure'
import type { Link, RangeLink, Tail } from './link.ts'

export type HaltCode = 'TOPIC_CHANGED' | 'SOURCE_GAP' | 'OBJECT_CONFLICT' | 'FOREIGN_CHAIN'

/** Exit code 3. The sentence names what was found and what to do; its code is also a metric's label. */
export class PartitionHalt extends Failure {
  readonly code: HaltCode

  constructor(code: HaltCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(`${code}: ${message}`, { exit: 'refused', ...options })
    this.code = code
  }
}

const newEpoch = (topic: string): string =>
  `if ${topic} was made anew on purpose, run \`consumer new-epoch --topic ${topic}\`, which begins a new chain for it`

export function topicMadeAnew(
  at: TopicPartition,
  before: string | undefined,
  now: string | undefined,
): PartitionHalt {
  return new PartitionHalt(
    'TOPIC_CHANGED',
    `the lake holds ${named(at)} of the topic with the id ${before}, but its id is ${now}: the topic was deleted and made anew; ` +
      `nothing was written; ${newEpoch(at.topic)}`,
  )
}

export function logEndsBefore(at: TopicPartition, frontier: bigint, high: bigint): PartitionHalt {
  return new PartitionHalt(
    'TOPIC_CHANGED',
    `the lake holds ${named(at)} up to offset ${frontier - 1n}, but its log ends at ${high}: the topic was truncated or made anew; ` +
      `nothing was written; ${newEpoch(at.topic)}`,
  )
}

export function tailChanged(at: TopicPartition, tail: Tail): PartitionHalt {
  return new PartitionHalt(
    'TOPIC_CHANGED',
    `the record at offset ${tail.offset} of ${named(at)} is not the one that was stored: the topic was truncated or made anew; ` +
      `nothing was written; ${newEpoch(at.topic)}`,
  )
}

export function rangeChanged(link: RangeLink): PartitionHalt {
  return new PartitionHalt(
    'TOPIC_CHANGED',
    `the offsets ${link.start} to ${link.end} of ${named(link)} were claimed and not all stored, and the log no longer holds the same ` +
      `records: the topic was compacted, truncated or made anew; nothing was written; ${newEpoch(link.topic)}`,
  )
}

export function sourceGap(at: TopicPartition, from: bigint, low: bigint): PartitionHalt {
  return new PartitionHalt(
    'SOURCE_GAP',
    `the offsets ${from} to ${low - 1n} of ${named(at)} were deleted from the log before they were stored (retention, or a deletion): ` +
      'raise the retention, and give them up with --on-source-gap record',
  )
}

export function objectConflict(at: TopicPartition, key: string, storeName: string): PartitionHalt {
  return new PartitionHalt(
    'OBJECT_CONFLICT',
    `${storeName}/${key} is there already, with other content: ${named(at)} is halted, nothing was replaced; ` +
      'find out who wrote the object, then move it away or use another --lake',
  )
}

export function foreignChain(key: string, storeName: string, cause: unknown): PartitionHalt {
  return new PartitionHalt(
    'FOREIGN_CHAIN',
    `${storeName}/${key} cannot be read by this version: a newer consumer or somebody else wrote it; use that version to finish its work`,
    { cause },
  )
}

function named({ topic, partition }: TopicPartition | Link): string {
  return `topic ${topic}, partition ${partition}`
}
