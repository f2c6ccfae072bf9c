/**
 * The one record of a batch that is at hand: it is moved along the batch's bytes, and makes nothing but what is asked for.
 * https://kafka.apache.org/documentation/#record
 */

import { KafkaError } from '../errors.ts'
import { type FetchedRecord, type RecordHeader } from '../record-consumer.ts'

/** The records of one batch, decompressed, that are to be delivered. */
export type BatchRecords = {
  readonly bytes: Buffer
  readonly count: number
  readonly baseOffset: bigint
  readonly baseTimestamp: bigint
  /** The broker's time for all records, if it set one. */
  readonly appendTime: bigint | undefined
}

const noHeaders: readonly RecordHeader[] = []

export class RecordView implements FetchedRecord {
  readonly #batch: BatchRecords
  readonly #bytes: Buffer
  /** Where the next record begins. */
  #at = 0
  #left: number
  #offsetDelta = 0
  #timestampDelta: number | bigint = 0
  #timestamp: bigint
  #keyAt = 0
  #keyLength = -1
  #valueAt = 0
  #valueLength = -1
  #value: Buffer | null | undefined
  #headersAt = 0

  constructor(batch: BatchRecords) {
    this.#batch = batch
    this.#bytes = batch.bytes
    this.#left = batch.count
    this.#timestamp = batch.appendTime ?? batch.baseTimestamp
  }

  get offset(): bigint {
    return this.#batch.baseOffset + BigInt(this.#offsetDelta)
  }

  get timestamp(): bigint {
    return this.#timestamp
  }

  get key(): Buffer | null {
    return this.#keyLength < 0 ? null : this.#bytes.subarray(this.#keyAt, this.#keyAt + this.#keyLength)
  }

  get value(): Buffer | null {
    return (this.#value ??=
      this.#valueLength < 0 ? null : this.#bytes.subarray(this.#valueAt, this.#valueAt + this.#valueLength))
  }

  get headers(): readonly RecordHeader[] {
    const end = this.#at
    this.#at = this.#headersAt
    const count = this.#varint()
    const headers = count === 0 ? noHeaders : this.#headers(count, end)
    this.#at = end
    return headers
  }

  /** Moves to the next record; false when there is none. @throws {KafkaError} CORRUPT_DATA */
  next(): boolean {
    if (this.#left === 0) return false
    this.#left -= 1
    const length = this.#varint()
    const end = this.#at + length
    this.#at += 1
    this.#moveTimestamp(this.#varlong())
    this.#offsetDelta = this.#varint()
    this.#keyLength = this.#varint()
    this.#keyAt = this.#at
    if (this.#keyLength > 0) this.#at += this.#keyLength
    this.#valueLength = this.#varint()
    this.#valueAt = this.#at
    if (this.#valueLength > 0) this.#at += this.#valueLength
    this.#value = undefined
    this.#headersAt = this.#at
    if (length < 0 || this.#at >= end || end > this.#bytes.length) throw this.#corrupt()
    this.#at = end
    return true
  }

  /** Most records of a batch have the time of the one before: its bigint serves again. */
  #moveTimestamp(delta: number | bigint): void {
    if (delta === this.#timestampDelta || this.#batch.appendTime !== undefined) return
    this.#timestampDelta = delta
    this.#timestamp = this.#batch.baseTimestamp + BigInt(delta)
  }

  #headers(count: number, end: number): readonly RecordHeader[] {
    const headers: RecordHeader[] = []
    for (let i = 0; i < count; i++) {
      const name = this.#bytesHere()
      const value = this.#bytesHere()
      if (name === null || this.#at > end) throw this.#corrupt()
      headers.push({ name: name.toString(), value })
    }
    return headers
  }

  #bytesHere(): Buffer | null {
    const length = this.#varint()
    if (length < 0) return null
    const from = this.#at
    this.#at += length
    return this.#bytes.subarray(from, this.#at)
  }

  /** Zigzag, 32 bits. */
  #varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++] ?? 0
    let raw = byte & 0x7f
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28) throw this.#corrupt()
      byte = bytes[this.#at++] ?? 0
      raw |= (byte & 0x7f) << shift
    }
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Zigzag, 64 bits: a number while 4 bytes are enough, which is a day in milliseconds. */
  #varlong(): number | bigint {
    const bytes = this.#bytes
    const start = this.#at
    for (let length = 1; length <= 10; length++) {
      if ((bytes[start + length - 1] ?? 0) < 0x80) {
        if (length <= 4) return this.#varint()
        this.#at += length
        return zigzag64(bytes.subarray(start, this.#at))
      }
    }
    throw this.#corrupt()
  }

  #corrupt(): KafkaError {
    const { baseOffset, count } = this.#batch
    return new KafkaError(
      'CORRUPT_DATA',
      `record ${count - this.#left} of the batch at offset ${baseOffset} is damaged; look at the topic with Kafka's own tools`,
    )
  }
}

function zigzag64(bytes: Buffer): bigint {
  const raw = bytes.reduceRight((sum, byte) => (sum << 7n) | BigInt(byte & 0x7f), 0n)
  return BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n))
}
