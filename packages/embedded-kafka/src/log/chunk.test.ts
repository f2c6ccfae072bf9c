import { expect, test } from 'vitest'
import { batchOf } from '../testing/batches.ts'
import { Chunk } from './chunk.ts'
import { RecordBatch } from './record-batch.ts'

const batch = (bytes: number): Buffer => batchOf(['x'.repeat(bytes)])

/** As a request's frame holds it: behind a few other bytes, in a buffer of its own. */
function inFrame(bytes: Buffer, otherBytes: number): RecordBatch {
  const frame = Buffer.allocUnsafeSlow(otherBytes + bytes.length)
  bytes.copy(frame, otherBytes)
  return new RecordBatch(frame.subarray(otherBytes))
}

test('a large batch that fills its frame is not copied, and counts with the frame', () => {
  const whole = inFrame(batch(20_000), 100)
  expect(Chunk.isForOne(whole)).toBe(true)
  const chunk = Chunk.forOne(whole, 0n, true)
  chunk.append(whole)
  expect(chunk.slice(0, chunk.length).buffer).toBe(whole.bytes.buffer)
  expect(chunk.capacity).toBe(whole.bytes.buffer.byteLength)
  expect(chunk.hasRoomFor(1)).toBe(false)
})

test('a batch that would keep a much larger frame alive is copied, and so is a small one', () => {
  for (const one of [inFrame(batch(20_000), 20_000), inFrame(batch(1_000), 0)]) {
    expect(Chunk.isForOne(one)).toBe(false)
    const chunk = Chunk.forMany(0n, true, false)
    chunk.append(one)
    expect(chunk.slice(0, chunk.length)).toEqual(one.bytes)
    expect(chunk.slice(0, chunk.length).buffer).not.toBe(one.bytes.buffer)
  }
})

test('a chunk for many batches grows with them; a later one of a busy log is whole at once', () => {
  const chunk = Chunk.forMany(0n, true, false)
  const small = inFrame(batch(1_000), 0)
  chunk.append(small)
  expect(chunk.capacity).toBe(4_096)
  expect(chunk.isFullGrown).toBe(false)
  const later = Chunk.forMany(0n, false, true)
  later.append(small)
  expect(later.isFullGrown).toBe(true)
})
