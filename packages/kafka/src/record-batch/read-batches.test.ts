import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { registerCodecs } from '../codecs.ts'
import { KafkaError } from '../errors.ts'
import { type FetchedRecord } from '../record-consumer.ts'
import { recordsOf } from '../record-cursor.ts'
import { BatchCursor } from './batch-cursor.ts'
import { type NewBatch, anyBatches, batchBytes, copyOf, marker, recordsIn } from './batches-test-helpers.ts'
import { type AbortedTransaction, readBatches } from './read-batches.ts'

const require = createRequire(import.meta.url)

type KafkaMessage = {
  offset: string
  timestamp: string
  key: Buffer | null
  value: Buffer | null
  headers: Record<string, unknown>
}

registerCodecs()

async function read(
  data: Buffer,
  from = 0n,
  aborted: readonly AbortedTransaction[] = [],
): Promise<FetchedRecord[]> {
  const { batches } = await readBatches(data, from, aborted)
  return Array.from(recordsOf(new BatchCursor(batches, from)), copyOf)
}

function bytesOf(batches: readonly NewBatch[]): Buffer {
  return Buffer.concat(batches.map(batchBytes))
}

function endOf({ baseOffset, lastOffsetDelta }: NewBatch): bigint {
  return baseOffset + BigInt(lastOffsetDelta)
}

test('every record from the offset on is read as it was written: nulls, holes, times, headers in their order', async () => {
  await fc.assert(
    fc.asyncProperty(anyBatches, fc.bigInt(0n, 40n), async (batches, behind) => {
      const from = (batches[0]?.baseOffset ?? 0n) + behind
      const expected = batches.flatMap(recordsIn).filter(({ offset }) => offset >= from)
      expect(await read(bytesOf(batches), from)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

/** kafkajs keeps neither order nor every name. */
function namesOf(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.filter((name) => name !== '__proto__'))
}

test('the records are those that kafkajs decodes', async () => {
  const decode = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
    data: Buffer,
  ) => Promise<KafkaMessage[]>
  await fc.assert(
    fc.asyncProperty(anyBatches, async (batches) => {
      const data = bytesOf(batches)
      const ours = (await read(data)).map(({ offset, timestamp, key, value, headers }) => ({
        offset: String(offset),
        timestamp: String(timestamp),
        key,
        value,
        names: namesOf(headers.map((header) => header.name)),
      }))
      const theirs = (data.length === 0 ? [] : await decode(data)).map((message) => ({
        offset: message.offset,
        timestamp: message.timestamp,
        key: message.key,
        value: message.value,
        names: namesOf(Object.keys(message.headers)),
      }))
      expect(ours).toEqual(theirs)
    }),
  )
})

test('a batch that the answer cuts off is left for the next fetch', async () => {
  await fc.assert(
    fc.asyncProperty(anyBatches, fc.nat(), async (batches, seed) => {
      const data = bytesOf(batches)
      const length = seed % (data.length + 1)
      const whole = batches.filter((_, i) => bytesOf(batches.slice(0, i + 1)).length <= length)
      expect(await read(data.subarray(0, length))).toEqual(whole.flatMap(recordsIn))
      const { lastOffset } = await readBatches(data.subarray(0, length), 0n, [])
      expect(lastOffset).toBe(whole.map(endOf).at(-1))
    }),
    { numRuns: 300 },
  )
})

/** What three producers do, one batch each: a record in a transaction or without one, or the end of their transaction. */
const anyHistory = fc.array(
  fc.record({
    producerId: fc.bigInt(0n, 2n),
    does: fc.constantFrom('writes' as const, 'writes' as const, 'aborts' as const, 'commits' as const),
    isTransactional: fc.boolean(),
  }),
  { minLength: 8, maxLength: 30, size: 'max' },
)

test('records of aborted transactions and control records are not delivered, all others are', async () => {
  let abortedRecords = 0
  let deliveredRecords = 0
  await fc.assert(
    fc.asyncProperty(anyHistory, fc.bigInt(0n, 30n), async (history, from) => {
      const open = new Map<bigint, { firstOffset: bigint; offsets: bigint[] }>()
      const batches: NewBatch[] = []
      const aborted: (AbortedTransaction & { readonly lastOffset: bigint })[] = []
      const gone = new Set<bigint>()
      for (const [i, { producerId, does, isTransactional }] of history.entries()) {
        const offset = BigInt(i)
        const transaction = open.get(producerId)
        if (does === 'writes') {
          const record = {
            offsetDelta: 0,
            timestampDelta: 0n,
            // A key that looks like an abort marker's is nothing special in a record.
            key: Buffer.alloc(4),
            value: Buffer.from(String(offset)),
            headers: [],
          }
          batches.push({
            baseOffset: offset,
            producerId,
            isTransactional,
            lastOffsetDelta: 0,
            records: [record],
          })
          if (isTransactional) {
            const { firstOffset, offsets } = transaction ?? { firstOffset: offset, offsets: [] }
            open.set(producerId, { firstOffset, offsets: [...offsets, offset] })
          }
        } else {
          batches.push(marker(offset, producerId, does === 'aborts' ? 'abort' : 'commit'))
          open.delete(producerId)
          if (does === 'aborts' && transaction !== undefined) {
            aborted.push({ producerId, firstOffset: transaction.firstOffset, lastOffset: offset })
            for (const one of transaction.offsets) gone.add(one)
          }
        }
      }
      const readable = batches.filter(({ baseOffset }) => baseOffset >= from)
      const expected = readable
        .filter(({ baseOffset, isControl }) => isControl !== true && !gone.has(baseOffset))
        .flatMap(recordsIn)
      abortedRecords += gone.size
      deliveredRecords += expected.length
      // A broker names the transactions that end in the answer.
      const told = aborted.filter(({ lastOffset }) => lastOffset >= from)
      expect(await read(bytesOf(readable), from, told)).toEqual(expected)
      expect((await readBatches(bytesOf(readable), from, told)).lastOffset).toBe(readable.map(endOf).at(-1))
    }),
    { numRuns: 300 },
  )
  expect(abortedRecords).toBeGreaterThan(100)
  expect(deliveredRecords).toBeGreaterThan(100)
})

test('a transaction of which compaction left only the marker does not hide the next one of its producer', async () => {
  const record = { offsetDelta: 0, timestampDelta: 0n, key: null, value: Buffer.from('kept'), headers: [] }
  const next = {
    baseOffset: 9n,
    producerId: 1n,
    isTransactional: true,
    lastOffsetDelta: 0,
    records: [record],
  }
  const data = bytesOf([marker(8n, 1n, 'abort'), next, marker(10n, 1n, 'commit')])
  expect(await read(data, 7n, [{ producerId: 1n, firstOffset: 5n }])).toEqual(recordsIn(next))
})

test('damaged bytes are an error with a name, or other records, and never hang', async () => {
  const errors: unknown[] = []
  await fc.assert(
    fc.asyncProperty(anyBatches, fc.nat(), fc.integer({ min: 1, max: 255 }), async (batches, at, change) => {
      const data = bytesOf(batches)
      fc.pre(data.length > 0)
      const position = at % data.length
      data[position] = (data[position] ?? 0) ^ change
      const error: unknown = await read(data).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error !== undefined) errors.push(error)
    }),
    { numRuns: 2_000 },
  )
  expect(errors.filter((error) => !(error instanceof KafkaError))).toEqual([])
  expect(errors.length).toBeGreaterThan(50)
})

test('a batch with a length shorter than its header is an error', async () => {
  const data = batchBytes({ baseOffset: 3n, lastOffsetDelta: 0, records: [] })
  data.writeInt32BE(-12, 8)
  await expect(read(data)).rejects.toThrow('the batch at offset 3 is shorter than its header')
})

test('a compression that does not exist is named', async () => {
  const data = batchBytes({ baseOffset: 0n, lastOffsetDelta: 0, records: [recordOfText('x')] })
  data.writeInt16BE(7, 21)
  await expect(read(data)).rejects.toThrow('compression 7 of record batches is not known here')
})

test('older batches behind one of ours are left for the next fetch', async () => {
  const first = { baseOffset: 0n, lastOffsetDelta: 0, records: [recordOfText('x')] }
  const older = batchBytes({ ...first, baseOffset: 1n })
  older[16] = 1
  const data = Buffer.concat([batchBytes(first), older])
  expect(await read(data)).toEqual(recordsIn(first))
  expect((await readBatches(data, 0n, [])).lastOffset).toBe(0n)
})

function recordOfText(text: string): NewBatch['records'][number] {
  return { offsetDelta: 0, timestampDelta: 0n, key: null, value: Buffer.from(text), headers: [] }
}
