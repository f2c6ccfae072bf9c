/** The records inside a batch: only what a broker must know of them, without copying keys or values. */

import { RequestRefused } from '../error-codes.ts'

export type RecordView = {
  readonly index: number
  readonly timestampDelta: number
  readonly offsetDelta: number
  /** `undefined` for null. */
  readonly key: Buffer | undefined
  readonly hasValue: boolean
  /** The whole record, its length included. */
  readonly bytes: Buffer
}

/** Variable-length numbers, zigzag encoded. */
class VarintReader {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  next(): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < 10; count++) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) break
      value += (byte & 127) * factor
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      factor *= 128
    }
    throw new RequestRefused('INVALID_RECORD', 'a record of the batch ends too early')
  }
}

/**
 * Each record of an uncompressed (or decompressed) payload, in order.
 * @throws RequestRefused INVALID_RECORD when the payload does not hold `count` whole records and nothing else
 */
export function* recordsOf(payload: Buffer, count: number): Generator<RecordView> {
  const reader = new VarintReader(payload)
  for (let index = 0; index < count; index++) {
    const from = reader.at
    const length = reader.next()
    const end = reader.at + length
    if (length < 0 || end > payload.length)
      throw new RequestRefused('INVALID_RECORD', `record ${index} of the batch is longer than the batch`)
    reader.at += 1 // attributes: none is in use
    const timestampDelta = reader.next()
    const offsetDelta = reader.next()
    const keyLength = reader.next()
    const keyAt = reader.at
    reader.at += Math.max(0, keyLength)
    const valueLength = reader.next()
    if (reader.at + Math.max(0, valueLength) > end)
      throw new RequestRefused('INVALID_RECORD', `record ${index} of the batch is longer than it says`)
    const key = keyLength < 0 ? undefined : payload.subarray(keyAt, keyAt + keyLength)
    reader.at = end
    yield {
      index,
      timestampDelta,
      offsetDelta,
      key,
      hasValue: valueLength >= 0,
      bytes: payload.subarray(from, end),
    }
  }
  if (reader.at !== payload.length)
    throw new RequestRefused('INVALID_RECORD', 'the batch has more bytes than its records')
}

export type NewRecord = {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestampDelta?: number
  readonly offsetDelta?: number
  readonly headers?: readonly { readonly key: string; readonly value: Buffer }[]
}

/** Encodes one record. */
export function encodeRecord(record: NewRecord): Buffer {
  const sized = (bytes: Buffer | null): Buffer[] =>
    bytes === null ? [varint(-1)] : [varint(bytes.length), bytes]
  const headers = record.headers ?? []
  const body = Buffer.concat([
    Buffer.of(0),
    varint(record.timestampDelta ?? 0),
    varint(record.offsetDelta ?? 0),
    ...sized(record.key),
    ...sized(record.value),
    varint(headers.length),
    ...headers.flatMap(({ key, value }) => [...sized(Buffer.from(key)), ...sized(value)]),
  ])
  return Buffer.concat([varint(body.length), body])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value < 0 ? -value * 2 - 1 : value * 2
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}
