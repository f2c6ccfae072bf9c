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
  /** The next offset to read: undefined until the first batch or position of a partition without a start. */
  #next: bigint | undefined
  #stored: bigint | undefined
  #committed: bigint | undefined
  readonly #target: bigint | undefined

  /** @param target stop here: the first offset that is not wanted (`--until-end`); undefined = endless */
  constructor(start: bigint | undefined, target: bigint | undefined) {
    this.#next = start
    this.#stored = start
    this.#committed = start
    this.#target = target
  }

  get next(): bigint | undefined {
    return this.#next
  }

  /** Everything of this assignment below this offset is in the store. */
  get stored(): bigint | undefined {
    return this.#stored
  }

  get committed(): bigint | undefined {
    return this.#committed
  }

  /** Nothing more is wanted from the log. */
  get isAtTarget(): boolean {
    return this.#target !== undefined && this.#next !== undefined && this.#next >= this.#target
  }

  /** All that is wanted is in the store. */
  get isStoredToTarget(): boolean {
    return this.#target !== undefined && this.#stored !== undefined && this.#stored >= this.#target
  }

  /** Where the next range starts, given the batch that opens it. */
  startOf(batch: FetchedBatch): bigint {
    return this.#next ?? batch.firstOffset
  }

  /** What of the batch is new and below the target. A broker may deliver records below the position again (K8). */
  wanted(batch: FetchedBatch): Wanted {
    const { records } = batch
    const { lastOffset } = batch
    let from = 0
    if (this.#next !== undefined && batch.firstOffset < this.#next) from = indexAtOrAfter(records, this.#next)
    if (this.#target === undefined || lastOffset < this.#target)
      return { from, to: records.length, lastOffset }
    return { from, to: Math.max(from, indexAtOrAfter(records, this.#target)), lastOffset: this.#target - 1n }
  }

  /** The position after the offset: it was taken into a range, or held nothing. */
  passed(lastOffset: bigint): void {
    if (this.#next === undefined || lastOffset >= this.#next) this.#next = lastOffset + 1n
    // Nothing before the first offset that was seen is ours to store.
    this.#stored ??= this.#next
  }

  /** A range that ends at `end` is in the store. */
  rangeStored(end: bigint): void {
    this.#stored = end + 1n
  }

  /** The commit of what is stored. */
  commitOf(at: TopicPartition): TopicPartition & { readonly offset: bigint } {
    return { topic: at.topic, partition: at.partition, offset: this.#stored ?? 0n }
  }

  commitTaken(offset: bigint): void {
    if (this.#committed === undefined || offset > this.#committed) this.#committed = offset
  }

  get hasUncommitted(): boolean {
    return this.#stored !== undefined && this.#stored !== this.#committed
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
