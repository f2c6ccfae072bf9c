import * as fc from 'fast-check'
import { tableOfTopic } from '@pinpipe/schema/catalogue'
import { expect, test } from 'vitest'
import { encodeRaw, type RawFraming } from '../format/encode-raw.ts'
import { Rejection } from '../format/reject.ts'
import { parquetFile } from '../format/parquet-file.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { contentOf, record } from '../testing/records.ts'
import { recordCounter, type CountedFormat } from './record-counter.ts'

/** Counts the bytes in pieces of this size. */
function count(format: CountedFormat, bytes: Buffer, piece: number): number | undefined {
  const counter = recordCounter(format)
  for (let at = 0; at < bytes.length; at += piece) counter.add(bytes.subarray(at, at + piece))
  return counter.total()
}

const framings: readonly RawFraming[] = [
  { kind: 'length' },
  { kind: 'separator', hex: '00' },
  { kind: 'separator', hex: '0a0b0a' },
]

test('records of every framing are counted, however the bytes come in pieces', () => {
  const values = fc.array(fc.uint8Array({ maxLength: 20, min: 0, max: 12 }))
  fc.assert(
    fc.property(
      values,
      fc.constantFrom(...framings),
      fc.integer({ min: 1, max: 9 }),
      (all, framing, piece) => {
        const encode = encodeRaw(framing, (value) => value)
        const parts = all.flatMap((value, i) => {
          const encoded = encode(record(i, Buffer.from(value)))
          return encoded instanceof Rejection || encoded === null ? [] : [Buffer.from(encoded)]
        })
        expect(count(framing, Buffer.concat(parts), piece)).toBe(parts.length)
      },
    ),
  )
})

test('content that ends within a record has no number of them', () => {
  expect(count('lines', Buffer.from('a\nb'), 1)).toBeUndefined()
  expect(count({ kind: 'length' }, Buffer.from([0, 0, 0, 2, 1]), 1)).toBeUndefined()
  expect(count({ kind: 'length' }, Buffer.from([0, 0, 0]), 1)).toBeUndefined()
})

test('a record without a value counts', () => {
  expect(count({ kind: 'length' }, Buffer.from([255, 255, 255, 255]), 3)).toBe(1)
})

test('the rows of a Parquet file are counted', async () => {
  const table = tableOfTopic('x.geo')!
  const row =
    '{"ind":1,"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"longitude":-173.293,"country":"Albania"}'
  const budget = new MemoryBudget(1 << 24)
  const file = await parquetFile(contentOf([row, row, row], budget), table, {
    compression: { kind: 'snappy', level: 0 },
    budget,
  })
  const bytes = Buffer.concat(file.chunks())
  expect(count('parquet', bytes, 100)).toBe(3)
  expect(count('parquet', bytes.subarray(0, -1), 100)).toBeUndefined()
})
