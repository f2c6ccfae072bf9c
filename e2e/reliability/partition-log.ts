/** The log of one partition as the other client read it: offsets and digests in columns, 24 bytes a record. */
import { digestOf, metaDigest, noValue, valueDigest } from './digest.ts'
import { onOneLine } from './json-members.ts'

export type DumpedRecord = {
  readonly partition: number
  readonly offset: bigint
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  /** As kcat prints them. */
  readonly headers: Buffer
}

export type PartitionBounds = {
  readonly topic: string
  readonly partition: number
  /** The log start offset, and the high watermark: both may be offsets without a record. */
  readonly low: bigint
  readonly high: bigint
}

/** The logs of all partitions, by `topic/partition`. */
export type Log = ReadonlyMap<string, PartitionLog>

export const logKey = (at: { readonly topic: string; readonly partition: number }): string =>
  `${at.topic}/${at.partition}`

/** What a value becomes in the lake; undefined if it cannot become anything but a dead letter. */
export type LineOf = (value: Buffer | null) => Buffer | undefined

const nullLine = Buffer.from('null')
const [lineFeed, carriageReturn] = [0x0a, 0x0d]

/** The formats `json` and `envelope`: the bytes as they are, or without the white space if they span lines. */
export const jsonLine: LineOf = (value) => {
  if (value === null) return nullLine
  // Spark and Python take a lone carriage return for the end of a line.
  if (!value.includes(lineFeed) && !value.includes(carriageReturn)) return value
  try {
    return onOneLine(value)
  } catch {
    return undefined
  }
}

export class PartitionLog {
  readonly topic: string
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
  #records = 0
  #offsets = new BigInt64Array(1024)
  #values = new BigUint64Array(1024)
  #metas = new BigUint64Array(1024)
  /** Of values that are other bytes in the lake than in the log. */
  readonly #lines = new Map<number, bigint>()
  readonly #lineOf: LineOf

  constructor({ topic, partition, low, high }: PartitionBounds, lineOf: LineOf = jsonLine) {
    this.#lineOf = lineOf
    this.topic = topic
    this.partition = partition
    this.low = low
    this.high = high
  }

  /** Data records, from index 0. */
  get records(): number {
    return this.#records
  }

  /** Adds the record behind all others. */
  add(record: Omit<DumpedRecord, 'partition'>): void {
    const index = this.#records++
    if (index === this.#offsets.length) this.#grow()
    this.#offsets[index] = record.offset
    this.#values[index] = valueDigest(record.value)
    this.#metas[index] = metaDigest({ ...record, headers: [record.headers] })
    const line = this.#lineOf(record.value)
    if (line !== undefined && line !== record.value) this.#lines.set(index, digestOf(line))
  }

  offsetAt(index: number): bigint {
    return this.#offsets[index] ?? -1n
  }
  valueAt(index: number): bigint {
    return this.#values[index] ?? noValue
  }
  metaAt(index: number): bigint {
    return this.#metas[index] ?? noValue
  }
  isNullAt(index: number): boolean {
    return this.valueAt(index) === noValue
  }

  /** The digest of what the value becomes in the lake. */
  lineAt(index: number): bigint {
    return this.#lines.get(index) ?? this.valueAt(index)
  }

  /** The index of the first record at this offset or behind it. */
  from(offset: bigint): number {
    let low = 0
    let high = this.#records
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.offsetAt(middle) < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The index of the record at this very offset. */
  at(offset: bigint): number | undefined {
    const index = this.from(offset)
    return this.offsetAt(index) === offset ? index : undefined
  }

  #grow(): void {
    const length = this.#offsets.length * 2
    const [offsets, values, metas] = [this.#offsets, this.#values, this.#metas]
    this.#offsets = new BigInt64Array(length)
    this.#values = new BigUint64Array(length)
    this.#metas = new BigUint64Array(length)
    this.#offsets.set(offsets)
    this.#values.set(values)
    this.#metas.set(metas)
  }
}
