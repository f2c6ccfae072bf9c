/**
 * One range of one partition: while it is open it takes records, once it is sealed it is what gets stored.
 *
 * Owns the bytes of its data object and of its dead letters. Rule: the offsets from `start` to `end` are all in it, and
 * every record of them is either a line of the data object or a dead letter.
 */
import type { FetchedRecord, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { Content } from './content.ts'
import { type RecordEncoder } from './encoder.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { deadLetterLine, Rejection, type RejectReason } from './reject.ts'
import type { Limits, Trigger } from './triggers.ts'

/** What becomes one object. */
export type RangeFile = {
  readonly kind: 'data' | 'dead'
  readonly records: number
  readonly content: Content
}

/** A range that takes no more records. It has no files when its offsets held no record at all. */
export type SealedRange = TopicPartition & {
  readonly start: bigint
  /** Inclusive. */
  readonly end: bigint
  readonly trigger: Trigger
  readonly files: readonly RangeFile[]
  /** All records, dead letters included. */
  readonly records: number
  readonly rejected: ReadonlyMap<RejectReason, number>
}

export type RangeOptions = {
  readonly at: TopicPartition
  readonly start: bigint
  readonly limits: Limits
  readonly encode: RecordEncoder
  readonly budget: MemoryBudget
}

export class OpenRange {
  readonly start: bigint
  readonly #at: TopicPartition
  readonly #limits: Limits
  readonly #encode: RecordEncoder
  readonly #data: Content
  readonly #dead: Content
  readonly #rejected = new Map<RejectReason, number>()
  #dataRecords = 0
  #deadRecords = 0
  #end: bigint | undefined
  #blockedBy: 'records' | 'bytes' | 'memory' | undefined

  constructor(options: RangeOptions) {
    this.start = options.start
    this.#at = options.at
    this.#limits = options.limits
    this.#encode = options.encode
    this.#data = new Content(options.budget)
    this.#dead = new Content(options.budget)
  }

  get records(): number {
    return this.#dataRecords + this.#deadRecords
  }

  /** Uncompressed content, dead letters included. */
  get bytes(): number {
    return this.#data.bytes + this.#dead.bytes
  }

  get end(): bigint | undefined {
    return this.#end
  }

  /** Why the last `append` left records over. */
  get blockedBy(): 'records' | 'bytes' | 'memory' | undefined {
    return this.#blockedBy
  }

  /**
   * Takes records from index `from` up to `to`, until the range is full or the memory is used up.
   * @returns the index of the first record that was not taken
   *
   * Hot: per record one call of the encoder and one copy, no allocation.
   */
  append(records: readonly FetchedRecord[], from: number, to: number): number {
    const { maxRecords = Number.POSITIVE_INFINITY, maxBytes } = this.#limits
    let bytes = this.bytes
    let count = this.records
    let i = from
    this.#blockedBy = undefined
    for (; i < to; i++) {
      if (count >= maxRecords) {
        this.#blockedBy = 'records'
        break
      }
      const record = records[i]
      if (record === undefined) break
      const encoded = this.#encode(record)
      const line = encoded instanceof Rejection ? deadLetterLine(this.#at, record, encoded) : encoded
      bytes += line.length + 1
      if (bytes > maxBytes && count > 0) {
        this.#blockedBy = 'bytes'
        break
      }
      if (!(encoded instanceof Rejection ? this.#dead : this.#data).writeLine(line)) {
        this.#blockedBy = 'memory'
        break
      }
      if (encoded instanceof Rejection) this.#countRejected(encoded.reason)
      else this.#dataRecords++
      count++
    }
    const last = records[i - 1]
    if (i > from && last !== undefined) this.#end = BigInt(last.offset)
    return i
  }

  /** Offsets up to this one belong to the range although no record has them: they were control records, or gone. */
  extendTo(offset: bigint): void {
    if (offset >= this.start && (this.#end === undefined || offset > this.#end)) this.#end = offset
  }

  /** Ends the range; undefined if it covers no offset yet. The files are the caller's to release. */
  seal(trigger: Trigger): SealedRange | undefined {
    if (this.#end === undefined) return undefined
    const files: RangeFile[] = [
      { kind: 'data', records: this.#dataRecords, content: this.#data },
      { kind: 'dead', records: this.#deadRecords, content: this.#dead },
    ]
    const { topic, partition } = this.#at
    return {
      topic,
      partition,
      start: this.start,
      end: this.#end,
      trigger,
      files: files.filter((file) => file.records > 0),
      records: this.records,
      rejected: this.#rejected,
    }
  }

  /** Gives the memory back: the records will be read again. */
  drop(): void {
    this.#data.release()
    this.#dead.release()
  }

  #countRejected(reason: RejectReason): void {
    this.#deadRecords++
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1)
  }
}
