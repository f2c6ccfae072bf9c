/** Record batches for tests, written after https://kafka.apache.org/documentation/#recordbatch, with any field as wanted. */

import { gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { type FetchedRecord, type RecordHeader } from '../record-consumer.ts'

export type NewRecord = {
  readonly offsetDelta: number
  readonly timestampDelta: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export type NewBatch = {
  readonly baseOffset: bigint
  readonly baseTimestamp?: bigint
  readonly maxTimestamp?: bigint
  readonly codec?: keyof typeof codecs
  readonly hasAppendTime?: boolean
  readonly isTransactional?: boolean
  readonly isControl?: boolean
  readonly producerId?: bigint
  /** At least that of the last record; larger where compaction removed it. */
  readonly lastOffsetDelta: number
  readonly records: readonly NewRecord[]
}

const codecs = {
  none: { number: 0, compress: (data: Buffer) => data },
  gzip: { number: 1, compress: (data: Buffer) => gzipSync(data) },
  zstd: { number: 4, compress: (data: Buffer) => zstdCompressSync(data) },
}

/** The CRC is left out: nobody here looks at it. */
export function batchBytes(batch: NewBatch): Buffer {
  const codec = codecs[batch.codec ?? 'none']
  const payload = codec.compress(Buffer.concat(batch.records.map(recordBytes)))
  const header = Buffer.alloc(61)
  const flags = [batch.hasAppendTime, batch.isTransactional, batch.isControl]
  header.writeBigInt64BE(batch.baseOffset, 0)
  header.writeInt32BE(49 + payload.length, 8)
  header.writeInt8(2, 16)
  header.writeInt16BE(
    flags.reduce((bits, flag, i) => bits | (flag === true ? 8 << i : 0), codec.number),
    21,
  )
  header.writeInt32BE(batch.lastOffsetDelta, 23)
  header.writeBigInt64BE(batch.baseTimestamp ?? 0n, 27)
  header.writeBigInt64BE(batch.maxTimestamp ?? 0n, 35)
  header.writeBigInt64BE(batch.producerId ?? -1n, 43)
  header.writeInt32BE(batch.records.length, 57)
  return Buffer.concat([header, payload])
}

/** The end of a producer's transaction. */
export function marker(offset: bigint, producerId: bigint, kind: 'abort' | 'commit'): NewBatch {
  const key = Buffer.of(0, 0, 0, kind === 'commit' ? 1 : 0)
  const record = { offsetDelta: 0, timestampDelta: 0n, key, value: Buffer.alloc(6), headers: [] }
  return {
    baseOffset: offset,
    producerId,
    isTransactional: true,
    isControl: true,
    lastOffsetDelta: 0,
    records: [record],
  }
}

/** What a consumer is to see of a batch. */
export function recordsIn(batch: NewBatch): FetchedRecord[] {
  const { baseOffset, baseTimestamp = 0n, maxTimestamp = 0n, hasAppendTime = false } = batch
  return batch.records.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
    offset: baseOffset + BigInt(offsetDelta),
    timestamp: hasAppendTime ? maxTimestamp : baseTimestamp + timestampDelta,
    key,
    value,
    headers,
  }))
}

export function copyOf({ offset, timestamp, key, value, headers }: FetchedRecord): FetchedRecord {
  return { offset, timestamp, key, value, headers }
}

function recordBytes({ offsetDelta, timestampDelta, key, value, headers }: NewRecord): Buffer {
  const body = Buffer.concat([
    Buffer.of(0),
    varint(timestampDelta),
    varint(BigInt(offsetDelta)),
    ...sized(key),
    ...sized(value),
    varint(BigInt(headers.length)),
    ...headers.flatMap((header) => [...sized(Buffer.from(header.name)), ...sized(header.value)]),
  ])
  return Buffer.concat([varint(BigInt(body.length)), body])
}

function sized(bytes: Buffer | null): Buffer[] {
  return bytes === null ? [varint(-1n)] : [varint(BigInt(bytes.length)), bytes]
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data))
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.constantFrom('__proto__', 'a', 'a', '1'),
)
const header = fc.record({ name, value: fc.option(bytes) })
const timestamp = fc.oneof(fc.bigInt(-1n, 4_000_000_000_000n), fc.bigInt(-(2n ** 62n), 2n ** 62n))
const timestampDelta = fc.oneof(fc.constant(0n), fc.bigInt(-5n, 1000n), fc.bigInt(-(2n ** 62n), 2n ** 62n))

/** A batch at this offset, perhaps with holes where compaction removed records. */
export function anyBatchAt(baseOffset: bigint): fc.Arbitrary<NewBatch> {
  const record = fc.record({
    gap: fc.nat(3),
    timestampDelta,
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.array(header, { maxLength: 3 }),
  })
  return fc
    .record({
      records: fc.array(record, { maxLength: 6 }),
      baseTimestamp: timestamp,
      maxTimestamp: timestamp,
      codec: fc.constantFrom('none' as const, 'none' as const, 'gzip' as const, 'zstd' as const),
      hasAppendTime: fc.boolean(),
      tail: fc.nat(2),
    })
    .map(({ records, tail, ...fields }) => {
      let next = 0
      const placed = records.map(({ gap, ...rest }) => {
        const offsetDelta = next + gap
        next = offsetDelta + 1
        return { ...rest, offsetDelta }
      })
      return { ...fields, baseOffset, records: placed, lastOffsetDelta: next + tail }
    })
}

/** Some batches in a row. */
export const anyBatches: fc.Arbitrary<readonly NewBatch[]> = fc
  .tuple(fc.bigInt(0n, 2n ** 40n), fc.nat(5))
  .chain(([first, count]) => fc.tuple(...Array.from({ length: count }, () => anyBatchAt(first))))
  .map((batches) => {
    let next = batches[0]?.baseOffset ?? 0n
    return batches.map((batch) => {
      const placed = { ...batch, baseOffset: next }
      next += BigInt(batch.lastOffsetDelta) + 1n
      return placed
    })
  })
