import { expect, test } from 'vitest'
import { batchOf } from '../testing/batches.ts'
import { Chunk } from './chunk.ts'
import { LogMemory } from './log-memory.ts'
import { RecordBatch } from './record-batch.ts'

const mib = 1024 * 1024
const batch = (bytes: number): RecordBatch => new RecordBatch(batchOf(['x'.repeat(bytes)]))
const slabOf = (chunk: Chunk): ArrayBufferLike => chunk.slice(0, 1).buffer
const newMemory = (): LogMemory => new LogMemory(100 * mib, 'drop-oldest')

test('a chunk grows with what is appended, up to a slab', () => {
  const memory = newMemory()
  const chunk = new Chunk(memory, 0n, true, false)
  const small = batch(1_000)
  const sizes = new Set<number>()
  while (chunk.hasRoomFor(small.bytes.length)) {
    expect(chunk.growthFor(small.bytes.length)).toBe(
      chunk.length + small.bytes.length <= chunk.capacity ? 0 : Math.max(4_096, 3 * chunk.capacity),
    )
    chunk.append(small)
    sizes.add(chunk.capacity)
    expect(memory.usedBytes).toBe(chunk.capacity)
  }
  expect([...sizes]).toEqual([4_096, 16_384, 65_536, 262_144, mib])
  expect(memory.slabBytes).toBe(mib)
})

test('a chunk of a busy log is a slab at once, and a batch that is larger gets what it needs', () => {
  const chunk = new Chunk(newMemory(), 0n, false, true)
  chunk.append(batch(1_000))
  expect(chunk.capacity).toBe(mib)
  const large = batch(3 * mib)
  expect(chunk.hasRoomFor(large.bytes.length)).toBe(false)
  const own = new Chunk(newMemory(), 0n, false, true)
  expect(own.hasRoomFor(large.bytes.length)).toBe(true)
  own.append(large)
  expect(own.capacity).toBe(large.bytes.length)
  expect(own.hasRoomFor(1)).toBe(false)
})

test('a slab is used again when its chunk is dropped and nobody reads it any more', () => {
  const memory = newMemory()
  const newSlab = (): Chunk => {
    const chunk = new Chunk(memory, 0n, false, true)
    chunk.append(batch(1_000))
    return chunk
  }
  const first = newSlab()
  const slab = slabOf(first)
  first.pin()
  first.pin()
  first.drop()
  expect(memory.usedBytes).toBe(mib)
  first.unpin()
  expect(slabOf(newSlab())).not.toBe(slab)
  first.unpin()
  expect(memory.usedBytes).toBe(mib)
  expect(slabOf(newSlab())).toBe(slab)
})

test('free slabs are given up when other buffers need their room', () => {
  const memory = new LogMemory(16 * mib, 'drop-oldest')
  const slabs = Array.from({ length: 16 }, () => memory.allocate(mib))
  for (const slab of slabs) memory.free(slab)
  memory.allocate(10 * mib)
  const again = Array.from({ length: 16 }, () => memory.allocate(mib))
  expect(again.filter((slab) => slabs.includes(slab))).toHaveLength(6)
})
