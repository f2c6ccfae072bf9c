/**
 * The offset arithmetic of one assigned partition, all of it. Every offset here is a bigint.
 *
 * Rules: ranges tile the log (a range starts where the one before it ended), what is committed is the last stored
 * offset + 1, and the position only grows. Made anew at each assignment: a revoked partition is forgotten.
 */
import type { FetchedBatch, TopicPartition } from '@pinpipe/kafka/record-consumer'

/** The part of a batch that is wanted: the records from index `from` up to `to`, exclusive. */
export type Wanted = { readonly from: number; readonly to: number; readonly lastOffset: bigint }

export class Offsets {
  readonly #start: bigint
  #next: bigint
  #stored: bigint
  #committed: bigint | undefined
  readonly #target: bigint | undefined

  /**
   * @param start the first offset of this assignment
   * @param options.committed what the group has committed, if anything
   * @param options.target the first offset that is not wanted (`--until-end`); without it there is no end
   */
  constructor(
    start: bigint,
    options: { readonly committed?: bigint | undefined; readonly target?: bigint | undefined } = {},
  ) {
    this.#start = start
    this.#next = start
    this.#stored = start
    this.#committed = options.committed
    this.#target = options.target
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

  /** What of the batch is new and below the target. A broker may deliver records below the position again (K8). */
  wanted(batch: FetchedBatch): Wanted {
    const { records } = batch
    const { lastOffset } = batch
    const from = batch.firstOffset < this.#next ? indexAtOrAfter(records, this.#next) : 0
    if (this.#target === undefined || lastOffset < this.#target)
      return { from, to: records.length, lastOffset }
    return { from, to: Math.max(from, indexAtOrAfter(records, this.#target)), lastOffset: this.#target - 1n }
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

/** Records between the log's end and what is committed, as kafka_exporter counts them: never below 0. */
export function lagOf(highWatermark: bigint, committed: bigint | undefined): bigint {
  const lag = highWatermark - (committed ?? 0n)
  return lag < 0n ? 0n : lag
}

function indexAtOrAfter(records: readonly { readonly offset: string }[], offset: bigint): number {
  const index = records.findIndex((record) => BigInt(record.offset) >= offset)
  return index === -1 ? records.length : index
}
