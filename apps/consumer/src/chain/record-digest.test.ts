import { createHash } from 'node:crypto'
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { record } from '../testing/records.ts'
import { digestOfRecord, RecordDigest } from './record-digest.ts'

function number(size: 4 | 8, of: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(of)
  return bytes.subarray(8 - size)
}

function counted(bytes: Buffer | null): Buffer {
  return bytes === null ? number(4, -1n) : Buffer.concat([number(4, BigInt(bytes.length)), bytes])
}

/** The definition, written down once more. */
function bytesOf({ offset, timestamp, key, value, headers }: FetchedRecord): Buffer {
  return Buffer.concat([
    number(8, offset),
    number(8, timestamp),
    counted(key),
    counted(value),
    number(4, BigInt(headers.length)),
    ...headers.flatMap((header) => [counted(Buffer.from(header.name)), counted(header.value)]),
  ])
}

const sha256 = (records: readonly FetchedRecord[]): string =>
  createHash('sha256')
    .update(Buffer.concat(records.map(bytesOf)))
    .digest('hex')

const sized = (offset: number, bytes: number): FetchedRecord => ({
  ...record(offset, Buffer.alloc(bytes, offset)),
  key: offset % 3 === 0 ? null : Buffer.from(String(offset)),
  headers:
    offset % 2 === 0
      ? []
      : [
          { name: 'é', value: null },
          { name: 'é', value: Buffer.from('x') },
        ],
})

describe('the digest of records', () => {
  test('is SHA-256 of what its definition says; of the last record, too', () => {
    const records = [sized(0, 3), { ...record(1, null), timestamp: -1n }, sized(3, 200_000), sized(5, 0)]
    const digest = new RecordDigest()
    for (const one of records) digest.add(one)
    expect(digest.last).toBe(sha256(records.slice(-1)))
    expect(digest.hex()).toBe(sha256(records))
    expect(digestOfRecord(sized(7, 9))).toBe(sha256([sized(7, 9)]))
  })

  test('is not touched by another digest that begins right after the scratch was full', () => {
    for (let count = 1; count < 12; count++) {
      const [one, other] = [new RecordDigest(), new RecordDigest()]
      const records = Array.from({ length: count }, (_, i) => sized(i, 30_000))
      for (const each of records) one.add(each)
      other.add(sized(100, 30_000))
      expect(one.last).toBe(sha256(records.slice(-1)))
      expect(one.hex()).toBe(sha256(records))
      expect(other.hex()).toBe(sha256([sized(100, 30_000)]))
    }
  })

  test('does not depend on what other digests take meanwhile, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.oneof(fc.nat(100), fc.integer({ min: 20_000, max: 70_000 }))), {
          minLength: 1,
          maxLength: 30,
        }),
        (steps) => {
          const digests = [0, 1, 2].map(() => ({
            digest: new RecordDigest(),
            records: [] as FetchedRecord[],
          }))
          for (const [i, [which, bytes]] of steps.entries()) {
            const one = sized(i, bytes)
            digests[which]!.digest.add(one)
            digests[which]!.records.push(one)
          }
          for (const { digest, records } of digests.filter((one) => one.records.length > 0)) {
            expect(digest.last).toBe(sha256(records.slice(-1)))
            expect(digest.hex()).toBe(sha256(records))
          }
        },
      ),
    )
  })
})
