/**
 * The offset arithmetic of one assigned partition, all of it. Every offset here is a bigint.
 *
 * Rules: ranges tile the log (a range starts where the one before it ended), what is committed is the last stored
 * offset + 1, and the position only grows. Made anew at each assignment: a revoked partition is forgotten.
 */
import type { RecordCursor, TopicPartition } from '@pinpipe/kafka/record-consumer'

export class Offsets {
  readonly #start: bigint
  #next: bigint
  #stored: bigint
  #committed: bigint | undefined
  readonly #target: bigint | undefined

  /**
   * @param start the frontier of the chain: the first offset of this assignment
   * @param target the first offset that is not wanted (`--until-end`); without it there is no end
   */
  constructor(start: bigint, target?: bigint) {
    this.#start = start
    this.#next = start
    this.#stored = start
    this.#target = target
  }

  /** The next offset to read, and the start of the next range. */
  get next(): bigint {
    return this.#next
  }

  /** Everything of this assignment below this offset is in the store. */
  get stored(): bigint {
    return this.#stored
  }

  get committed(): bigint | undefined {
    return this.#committed
  }

  /** Nothing more is wanted from the log. */
  get isAtTarget(): boolean {
    return this.#target !== undefined && this.#next >= this.#target
  }

  /** Passes over records below the position: a broker may deliver them again (K8). */
  skipTaken(records: RecordCursor): void {
    while (records.record !== undefined && records.record.offset < this.#next) records.advance()
  }

  /** The first offset that is not wanted (`--until-end`). */
  get target(): bigint | undefined {
    return this.#target
  }

  /** The position after the offset: it was taken into a range, or held nothing. */
  passed(lastOffset: bigint): void {
    if (lastOffset >= this.#next) this.#next = lastOffset + 1n
  }

  /** A range that ends at `end` is in the store. */
  rangeStored(end: bigint): void {
    this.#stored = end + 1n
  }

  /** The commit of what is stored. */
  commitOf(at: TopicPartition): TopicPartition & { readonly offset: bigint } {
    return { topic: at.topic, partition: at.partition, offset: this.#stored }
  }

  commitTaken(offset: bigint): void {
    if (this.#committed === undefined || offset > this.#committed) this.#committed = offset
  }

  /** Something was stored in this assignment that the group does not know of. */
  get hasUncommitted(): boolean {
    return this.#stored > (this.#committed ?? this.#start)
  }
}

/** Offsets between the log's end and what is stored: never below 0. */
export function lagOf(highWatermark: bigint, stored: bigint): bigint {
  const lag = highWatermark - stored
  return lag < 0n ? 0n : lag
}
