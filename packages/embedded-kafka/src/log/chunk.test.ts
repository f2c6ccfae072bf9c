import { expect, test } from 'vitest'
import { batchOf } from '../testing/batches.ts'
import { Chunk } from './chunk.ts'
import { RecordBatch } from './record-batch.ts'

const batch = (bytes: number): Buffer => batchOf(['x'.repeat(bytes)])

test('a batch that may keep its buffer is not copied', () => {
  const whole = new RecordBatch(batch(20_000), true)
  expect(Chunk.isForOne(whole)).toBe(true)
  const chunk = Chunk.forOne(whole, 0n, true)
  chunk.append(whole)
  expect(chunk.slice(0, chunk.length).buffer).toBe(whole.bytes.buffer)
  expect(chunk.capacity).toBe(whole.bytes.length)
  expect(chunk.hasRoomFor(1)).toBe(false)
})

test('any other batch is copied', () => {
  const one = new RecordBatch(batch(20_000))
  expect(Chunk.isForOne(one)).toBe(false)
  const chunk = Chunk.forMany(0n, true, false)
  chunk.append(one)
  expect(chunk.slice(0, chunk.length)).toEqual(one.bytes)
  expect(chunk.slice(0, chunk.length).buffer).not.toBe(one.bytes.buffer)
})

test('a chunk for many batches grows with them; a later one of a busy log is whole at once', () => {
  const chunk = Chunk.forMany(0n, true, false)
  const small = new RecordBatch(batch(1_000))
  chunk.append(small)
  expect(chunk.capacity).toBe(4_096)
  expect(chunk.isFullGrown).toBe(false)
  const later = Chunk.forMany(0n, false, true)
  later.append(small)
  expect(later.isFullGrown).toBe(true)
})
