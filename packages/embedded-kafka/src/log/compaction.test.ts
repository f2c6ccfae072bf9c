import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { ManualClock } from '../manual-clock.ts'
import { batchOf, batchesIn } from '../testing/batches.ts'
import { offsetFor, read, send, times } from '../testing/calls.ts'
import { WireClient } from '../testing/wire-client.ts'
import { compacted } from './compaction.ts'
import { openPayload } from './offset-lookup.ts'
import { RecordBatch } from './record-batch.ts'
import { recordsOf } from './records.ts'

const limits = { now: 10_000, deleteRetentionMs: 1_000 }

function batchAt(
  baseOffset: bigint,
  records: readonly [string, string | null][],
  changed: object = {},
): RecordBatch {
  const made = records.map(([key, value]) => ({
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
  }))
  return new RecordBatch(batchOf(made, { baseOffset, baseTimestamp: 9_500, ...changed }))
}

/** `offset key` of each record. */
function keysIn(batches: readonly RecordBatch[]): readonly string[] {
  return batches.flatMap((batch) =>
    Array.from(
      recordsOf(openPayload(batch) ?? Buffer.alloc(0), batch.count),
      ({ key, offsetDelta }) => `${batch.baseOffset + BigInt(offsetDelta)} ${String(key)}`,
    ),
  )
}

test('of each key the last record stays, with its offset', () => {
  const batches = [
    batchAt(0n, [
      ['a', '1'],
      ['b', '1'],
    ]),
    batchAt(2n, [['c', '1']]),
    batchAt(3n, [
      ['a', '2'],
      ['c', '2'],
    ]),
  ]
  const left = compacted(batches, limits)
  expect(keysIn(left)).toEqual(['1 b', '3 a', '4 c'])
  expect(left.map(({ baseOffset, lastOffset }) => [baseOffset, lastOffset])).toEqual([
    [0n, 1n],
    [3n, 4n],
  ])
  expect(left.every((batch) => batch.storedCrc === batch.computeCrc())).toBe(true)
})

test('a record without a value deletes its key, and goes when it is old', () => {
  const batches = [batchAt(0n, [['a', '1']]), batchAt(1n, [['a', null]])]
  expect(keysIn(compacted(batches, limits))).toEqual(['1 a'])
  expect(keysIn(compacted(batches, { ...limits, now: 11_000 }))).toEqual([])
})

test('compressed batches stay compressed', () => {
  const changed = { attributes: 1, compress: (bytes: Buffer) => gzipSync(bytes) }
  const records: [string, string][] = [
    ['a', '1'],
    ['a', '2'],
  ]
  const [left] = compacted([batchAt(0n, records, changed)], limits)
  expect(left?.compression).toBe(1)
  expect(keysIn(left === undefined ? [] : [left])).toEqual(['1 a'])
})

test('a compacted topic keeps the last record of each key in its closed segments', async () => {
  const clock = new ManualClock()
  const configs = { 'cleanup.policy': 'compact', 'segment.ms': '1000' }
  await using kafka = await startEmbeddedKafka({ clock, topics: [{ topic: 't', configs }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  for (const value of ['1', '2', '3']) {
    const record = { key: Buffer.from('k'), value: Buffer.from(value) }
    await send(client, 't', batchOf([record], { baseTimestamp: clock.now() }))
    clock.advance(1_001)
  }
  clock.advance(300_000)
  const { records } = await read(client, 't')
  expect(batchesIn(records).map(({ baseOffset }) => baseOffset)).toEqual([1n, 2n])
  expect((await offsetFor(client, 't', times.earliest)).offset).toBe(0n)
})
