/**
 * One range of one partition: while it is open it takes records, once it is sealed it is what gets claimed and stored.
 *
 * Owns the bytes of its data objects (one for each path of the layout) and of its dead letters. Rule: the offsets from
 * `start` to `end` are all in it, and every record of them is in one data object, or a dead letter, or left out by the
 * settings.
 */
import type { FetchedRecord, RecordCursor, TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { RangeLink, Tail } from './chain/link.ts'
import { RecordDigest } from './chain/record-digest.ts'
import { framingBytes } from './content.ts'
import type { RecordEncoder } from './format/encoder.ts'
import type { Encoding } from './format/encoding.ts'
import type { Layout } from './format/layout.ts'
import { deadLetterLine, Rejection, type RejectReason } from './format/reject.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { RangeFile } from './range-file.ts'
import type { Limits, Trigger } from './triggers.ts'

/** A range that takes no more records. It has no files when its offsets held no record at all. */
export type SealedRange = TopicPartition & {
  readonly start: bigint
  /** Inclusive. */
  readonly end: bigint
  readonly trigger: Trigger
  readonly encoding: Encoding
  readonly plannedAtMs: number
  /** In the order of their first records; the dead letters, if any, are the last. */
  readonly files: readonly RangeFile[]
  /** All records, dead letters included; and their digest. */
  readonly records: number
  readonly digest: string
  /** The last record, if there is one. */
  readonly tail: Tail | undefined
  readonly rejected: ReadonlyMap<RejectReason, number>
  /** How many of the records are in no file, because the settings leave them out. */
  readonly skipped: number
  /** The claim that this range fulfils, when another run made it. */
  readonly claimed: RangeLink | undefined
}

export type RangeOptions = {
  readonly at: TopicPartition
  readonly start: bigint
  readonly limits: Limits
  readonly encoding: Encoding
  readonly budget: MemoryBudget
  readonly plannedAtMs: number
  /** Takes exactly the offsets of this link, whatever the limits. */
  readonly claimed?: RangeLink | undefined
}

export class OpenRange {
  readonly start: bigint
  readonly claimed: RangeLink | undefined
  readonly #options: RangeOptions
  readonly #encode: RecordEncoder
  readonly #layout: Layout
  readonly #limits: Limits
  readonly #framingBytes: number
  readonly #data = new Map<string, RangeFile>()
  readonly #dead: RangeFile
  readonly #digest = new RecordDigest()
  readonly #rejected = new Map<RejectReason, number>()
  #bytes = 0
  #records = 0
  #skipped = 0
  #firstTimestamp: bigint | undefined
  #lastRecord: { readonly offset: bigint; readonly timestamp: bigint } | undefined
  #end: bigint | undefined
  #blockedBy: 'records' | 'bytes' | 'memory' | undefined

  constructor(options: RangeOptions) {
    const { at, start, encoding, claimed, budget, plannedAtMs } = options
    this.start = start
    this.claimed = claimed
    this.#options = options
    this.#encode = encoding.encoderFor(at)
    this.#layout = encoding.layoutFor(at, plannedAtMs)
    this.#limits = claimed === undefined ? options.limits : unlimited
    this.#framingBytes = framingBytes[encoding.framing]
    this.#dead = new RangeFile('dead', '', budget)
  }

  get records(): number {
    return this.#records
  }

  /** Uncompressed content, dead letters included. */
  get bytes(): number {
    return this.#bytes
  }

  get end(): bigint | undefined {
    return this.#end
  }

  /** Of its first record; undefined without one. */
  get firstTimestamp(): bigint | undefined {
    return this.#firstTimestamp
  }

  /** The first offset that is not part of it: known when it fulfils a claim. */
  get stop(): bigint | undefined {
    return this.claimed === undefined ? undefined : this.claimed.end + 1n
  }

  /** It fulfils a claim and has all its offsets. */
  get isComplete(): boolean {
    return this.#end !== undefined && this.#end === this.claimed?.end
  }

  /** Why the last `append` left records over that it may take. */
  get blockedBy(): 'records' | 'bytes' | 'memory' | undefined {
    return this.#blockedBy
  }

  /**
   * Takes records until there are no more, the one at hand is at `stop` or beyond, the range is full, or the memory is
   * used up. What was not taken stays in the cursor.
   *
   * Hot: per record one call of the encoder and one copy, no allocation of its own.
   */
  append(records: RecordCursor, stop?: bigint): void {
    const { maxRecords = Number.POSITIVE_INFINITY } = this.#limits
    this.#blockedBy = undefined
    const first = records.record?.timestamp
    let offset: bigint | undefined
    let timestamp = 0n
    for (let record = records.record; record !== undefined; record = records.record) {
      if (stop !== undefined && record.offset >= stop) break
      if (this.#records >= maxRecords) {
        this.#blockedBy = 'records'
        break
      }
      this.#blockedBy = this.#take(record)
      if (this.#blockedBy !== undefined) break
      offset = record.offset
      timestamp = record.timestamp
      records.advance()
    }
    if (offset === undefined) return
    this.#end = offset
    this.#firstTimestamp ??= first
    this.#lastRecord = { offset, timestamp }
  }

  /** Offsets up to this one belong to the range although no record has them: they were control records, or gone. */
  extendTo(offset: bigint): void {
    if (offset >= this.start && (this.#end === undefined || offset > this.#end)) this.#end = offset
  }

  /** The last record that was taken. */
  get last(): Tail | undefined {
    const digest = this.#digest.last
    return this.#lastRecord && digest !== undefined ? { ...this.#lastRecord, digest } : undefined
  }

  /** Ends the range; undefined if it covers no offset yet. The files are the caller's to release. */
  seal(trigger: Trigger): SealedRange | undefined {
    if (this.#end === undefined) return undefined
    const { at, encoding, plannedAtMs } = this.#options
    const tail = this.last
    return {
      topic: at.topic,
      partition: at.partition,
      start: this.start,
      end: this.#end,
      trigger,
      encoding,
      plannedAtMs,
      // A file is there before its first record finds memory.
      files: [...this.#data.values(), this.#dead].filter((file) => file.records > 0),
      records: this.#records,
      digest: this.#digest.hex(),
      tail,
      rejected: this.#rejected,
      skipped: this.#skipped,
      claimed: this.claimed,
    }
  }

  /** Gives the memory back: the records will be read again. */
  drop(): void {
    for (const file of this.#data.values()) file.content.release()
    this.#dead.content.release()
  }

  /** Puts the record where it belongs, unless there is no room for it. */
  #take(record: FetchedRecord): 'bytes' | 'memory' | undefined {
    const encoded = this.#encode(record)
    const path = encoded instanceof Uint8Array ? this.#layout(record) : ''
    const placed = path instanceof Rejection ? path : encoded
    if (placed === null) this.#skipped++
    else {
      const isDead = placed instanceof Rejection
      const bytes = isDead ? deadLetterLine(this.#options.at, record, placed) : placed
      const size = bytes.length + (isDead ? framingBytes.line : this.#framingBytes)
      if (this.#bytes + size > this.#limits.maxBytes && this.#records > 0) return 'bytes'
      const file = path instanceof Rejection || isDead ? this.#dead : this.#fileAt(path)
      if (!file.add(bytes, record, this.claimed !== undefined)) return 'memory'
      if (isDead) this.#rejected.set(placed.reason, (this.#rejected.get(placed.reason) ?? 0) + 1)
      this.#bytes += size
    }
    this.#digest.add(record)
    this.#records++
    return undefined
  }

  #fileAt(path: string): RangeFile {
    let file = this.#data.get(path)
    if (file === undefined) {
      const { budget, encoding } = this.#options
      file = new RangeFile('data', path, budget, encoding.framing)
      this.#data.set(path, file)
    }
    return file
  }
}

/** A claim was cut by the limits of whoever made it. */
const unlimited: Limits = { maxRecords: undefined, maxBytes: Number.POSITIVE_INFINITY, maxAgeMs: 0 }
