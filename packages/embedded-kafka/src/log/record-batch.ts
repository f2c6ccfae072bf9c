/** The record batch of magic 2, read and changed in place. https://kafka.apache.org/documentation/#recordbatch */

import { crc32c } from './crc32c.ts'

const at = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  count: 57,
  records: 61,
} as const

/** Base offset and length: what `length` does not count. */
const overheadBytes = 12
export const batchHeaderBytes = at.records

/** Codecs by the number in a batch's attributes. */
export const compression = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const

export const noProducer = -1n

/** A view of one batch; making one costs nothing but the object. */
export class RecordBatch {
  /** Exactly the batch. */
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get baseOffset(): bigint {
    return this.bytes.readBigInt64BE(at.baseOffset)
  }
  get lastOffset(): bigint {
    return this.baseOffset + BigInt(this.lastOffsetDelta)
  }
  get magic(): number {
    return this.bytes.readInt8(at.magic)
  }
  get storedCrc(): number {
    return this.bytes.readUInt32BE(at.crc)
  }
  get lastOffsetDelta(): number {
    return this.bytes.readInt32BE(at.lastOffsetDelta)
  }
  get baseTimestamp(): number {
    return Number(this.bytes.readBigInt64BE(at.baseTimestamp))
  }
  get maxTimestamp(): number {
    return Number(this.bytes.readBigInt64BE(at.maxTimestamp))
  }
  get producerId(): bigint {
    return this.bytes.readBigInt64BE(at.producerId)
  }
  get producerEpoch(): number {
    return this.bytes.readInt16BE(at.producerEpoch)
  }
  get baseSequence(): number {
    return this.bytes.readInt32BE(at.baseSequence)
  }
  /** Sequence numbers begin again at 0 after 2^31 − 1. */
  get lastSequence(): number {
    const base = this.baseSequence
    return base < 0 ? base : (base + this.lastOffsetDelta) % 2 ** 31
  }
  get count(): number {
    return this.bytes.readInt32BE(at.count)
  }
  get compression(): number {
    return this.attributes & 7
  }
  get hasLogAppendTime(): boolean {
    return (this.attributes & 8) !== 0
  }
  get isTransactional(): boolean {
    return (this.attributes & 16) !== 0
  }
  get isControl(): boolean {
    return (this.attributes & 32) !== 0
  }
  /** What comes after the header, compressed or not. */
  get payload(): Buffer {
    return this.bytes.subarray(at.records)
  }
  /** Codec, timestamp type, transactional, control. */
  get attributes(): number {
    return this.bytes.readInt16BE(at.attributes)
  }

  /** For `buildBatch`: everything but the records. */
  fields(): Omit<BatchFields, 'records'> {
    return {
      count: this.count,
      lastOffsetDelta: this.lastOffsetDelta,
      baseOffset: this.baseOffset,
      baseTimestamp: this.baseTimestamp,
      maxTimestamp: this.maxTimestamp,
      attributes: this.attributes,
      producerId: this.producerId,
      producerEpoch: this.producerEpoch,
      baseSequence: this.baseSequence,
      leaderEpoch: this.bytes.readInt32BE(at.leaderEpoch),
    }
  }

  computeCrc(): number {
    return crc32c(this.bytes, at.attributes)
  }

  /** Neither offset nor epoch is covered by the checksum, so that a broker can assign them. */
  assign(baseOffset: bigint, leaderEpoch: number): void {
    this.bytes.writeBigInt64BE(baseOffset, at.baseOffset)
    this.bytes.writeInt32BE(leaderEpoch, at.leaderEpoch)
  }

  setMaxTimestamp(timestamp: number, isLogAppendTime: boolean): void {
    const attributes = isLogAppendTime ? this.attributes | 8 : this.attributes & ~8
    this.bytes.writeInt16BE(attributes, at.attributes)
    this.bytes.writeBigInt64BE(BigInt(timestamp), at.maxTimestamp)
    this.bytes.writeUInt32BE(this.computeCrc(), at.crc)
  }
}

/** Length of the batch that begins at `from`; 0 when not even its length is there. */
export function batchLength(bytes: Buffer, from: number): number {
  return from + overheadBytes > bytes.length ? 0 : bytes.readInt32BE(from + at.length) + overheadBytes
}

export type BatchFields = {
  readonly records: Buffer
  readonly count: number
  /** Default: as many offsets as records. */
  readonly lastOffsetDelta?: number
  readonly baseOffset?: bigint
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  /** Codec, timestamp type, transactional, control. */
  readonly attributes?: number
  readonly producerId?: bigint
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly leaderEpoch?: number
}

/** Builds a batch around encoded records. */
export function buildBatch(fields: BatchFields): Buffer {
  const bytes = Buffer.allocUnsafe(at.records + fields.records.length)
  bytes.writeBigInt64BE(fields.baseOffset ?? 0n, at.baseOffset)
  bytes.writeInt32BE(bytes.length - overheadBytes, at.length)
  bytes.writeInt32BE(fields.leaderEpoch ?? -1, at.leaderEpoch)
  bytes.writeInt8(2, at.magic)
  bytes.writeInt16BE(fields.attributes ?? 0, at.attributes)
  bytes.writeInt32BE(fields.lastOffsetDelta ?? fields.count - 1, at.lastOffsetDelta)
  bytes.writeBigInt64BE(BigInt(fields.baseTimestamp), at.baseTimestamp)
  bytes.writeBigInt64BE(BigInt(fields.maxTimestamp), at.maxTimestamp)
  bytes.writeBigInt64BE(fields.producerId ?? noProducer, at.producerId)
  bytes.writeInt16BE(fields.producerEpoch ?? -1, at.producerEpoch)
  bytes.writeInt32BE(fields.baseSequence ?? -1, at.baseSequence)
  bytes.writeInt32BE(fields.count, at.count)
  fields.records.copy(bytes, at.records)
  bytes.writeUInt32BE(crc32c(bytes, at.attributes), at.crc)
  return bytes
}
