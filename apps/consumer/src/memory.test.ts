import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Content } from './content.ts'
import { MemoryBudget } from './memory-budget.ts'
import { contentOf } from './testing/records.ts'

const kib = 1024

describe('the memory budget', () => {
  test('gives no chunk beyond its limit, until one is given back', async () => {
    const budget = new MemoryBudget(8 * kib)
    const first = budget.takeChunk(1, 0)!
    expect(budget.takeChunk(1, 0)).toBeDefined()
    expect(budget.isTight).toBe(true)
    expect(budget.takeChunk(1, 0)).toBeUndefined()
    const freed = budget.freed()
    budget.giveChunk(first)
    await freed
    expect(budget.takeChunk(1, 0)).toBe(first)
    expect(budget.peakBytes).toBe(8 * kib)
  })

  test('chunks grow with what they are part of, so that ten thousand small objects fit', () => {
    const budget = new MemoryBudget(1 << 24)
    const sizes = [0, 1, 2, 3, 4, 5].map((step) => budget.takeChunk(1, step)?.length)
    expect(sizes).toEqual([4, 16, 64, 256, 1024, 1024].map((kibibytes) => kibibytes * kib))
  })

  test('a record larger than the whole budget gets its memory when nothing else is held', () => {
    const budget = new MemoryBudget(64 * kib)
    const small = budget.takeChunk(1, 0)!
    expect(budget.takeChunk(100 * kib, 0)).toBeUndefined()
    budget.giveChunk(small)
    expect(budget.takeChunk(100 * kib, 0)).toHaveLength(100 * kib)
  })

  test('a smaller chunk is given when the usual one does not fit any more', () => {
    const budget = new MemoryBudget(128 * kib)
    budget.takeChunk(1, 2)
    expect(budget.takeChunk(1, 4)).toHaveLength(64 * kib)
    expect(budget.takeChunk(1, 4)).toBeUndefined()
  })
})

describe('content', () => {
  test('is the lines, each with a newline, whatever their sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 }), (sizes) => {
        const lines = sizes.map((size, i) => String(i % 10).repeat(size))
        const text = lines.map((line) => `${line}\n`).join('')
        const budget = new MemoryBudget(1 << 24)
        const content = contentOf(lines, budget)
        expect(content.bytes).toBe(text.length)
        expect(Buffer.concat(content.chunks()).toString() === text).toBe(true)
        content.release()
        expect(budget.usedBytes).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  test('writes nothing of a line that has no room', () => {
    const content = new Content(new MemoryBudget(4 * kib))
    expect(content.write(Buffer.alloc(3 * kib, 'a'))).toBe(true)
    expect(content.write(Buffer.alloc(3 * kib, 'b'))).toBe(false)
    expect(content.bytes).toBe(3 * kib + 1)
    expect(content.write(Buffer.from('c'))).toBe(true)
    expect(
      Buffer.concat(content.chunks())
        .subarray(3 * kib)
        .toString(),
    ).toBe('\nc\n')
  })

  test('drained in half, it gives all its memory back', () => {
    const budget = new MemoryBudget(1 << 20)
    const content = contentOf(['a'.repeat(60 * kib), 'b'.repeat(60 * kib)], budget)
    for (const chunk of content.drain()) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    content.release()
    content.release()
    expect(budget.usedBytes).toBe(0)
  })

  test('buffers that were taken over are counted, and given back', () => {
    const budget = new MemoryBudget(1 << 20)
    const content = Content.holding(budget, [Buffer.from('ab'), Buffer.from('c')] as Buffer<ArrayBuffer>[])
    expect(budget.usedBytes).toBe(3)
    expect(Buffer.concat(content.chunks()).toString()).toBe('abc')
    content.release()
    expect(budget.usedBytes).toBe(0)
  })
})
