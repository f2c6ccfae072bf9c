/**
 * The record batch of magic 2 as it lies in an answer (KIP-98, https://kafka.apache.org/documentation/#recordbatch).
 * A view; the records after the header may be compressed.
 *
 * The CRC is not checked: CRC-32C is not among Node's, and in JavaScript it costs more than all the rest of reading. The
 * broker has checked each batch when it was produced; on the way TCP's checksums, or TLS, watch over it.
 */

import { KafkaError } from '../errors.ts'

const at = {
  baseOffset: 0,
  length: 8,
  magic: 16,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  count: 57,
  records: 61,
} as const

/** Base offset and length: what the length does not count. */
const overheadBytes = 12

/** Whether a batch of magic 2 begins there. The messages before Kafka 0.11 have their magic at the same place. */
export function isRecordBatch(data: Buffer, from = 0): boolean {
  return data[from + at.magic] === 2
}

/**
 * The bytes of the batch at `from`; undefined when it is cut off (an answer ends anywhere), or of an older magic.
 * @throws {KafkaError} CORRUPT_DATA
 */
export function wholeBatch(data: Buffer, from: number): Buffer | undefined {
  if (from + at.records > data.length || !isRecordBatch(data, from)) return undefined
  const end = from + overheadBytes + data.readInt32BE(from + at.length)
  if (end < from + at.records) {
    const offset = data.readBigInt64BE(from)
    throw new KafkaError('CORRUPT_DATA', `the batch at offset ${offset} is shorter than its header`)
  }
  return end > data.length ? undefined : data.subarray(from, end)
}

/** A view of one whole batch. */
export class BatchHeader {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get baseOffset(): bigint {
    return this.#bytes.readBigInt64BE(at.baseOffset)
  }
  /** Of the batch as it was produced: compaction may have removed the record itself. */
  get lastOffset(): bigint {
    return this.baseOffset + BigInt(this.#bytes.readInt32BE(at.lastOffsetDelta))
  }
  get baseTimestamp(): bigint {
    return this.#bytes.readBigInt64BE(at.baseTimestamp)
  }
  /** The broker's time for all records, if it set one. */
  get appendTime(): bigint | undefined {
    return (this.#attributes & 8) === 0 ? undefined : this.#bytes.readBigInt64BE(at.maxTimestamp)
  }
  get producerId(): bigint {
    return this.#bytes.readBigInt64BE(at.producerId)
  }
  get count(): number {
    return this.#bytes.readInt32BE(at.count)
  }
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  get codec(): number {
    return this.#attributes & 7
  }
  get isTransactional(): boolean {
    return (this.#attributes & 16) !== 0
  }
  get isControl(): boolean {
    return (this.#attributes & 32) !== 0
  }
  /** The records, compressed or not. */
  get payload(): Buffer {
    return this.#bytes.subarray(at.records)
  }

  get #attributes(): number {
    return this.#bytes.readInt16BE(at.attributes)
  }
}
