import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LaneBatch, PartitionLane } from './partition-lane.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A lane whose deliveries end when the test says so. */
function heldLane(options: { batchBytes: number; lingerMs: number }) {
  const started: LaneBatch<string>[] = []
  const ends: (() => void)[] = []
  const lane = new PartitionLane<string>({
    ...options,
    deliver: (batch) => {
      started.push(batch)
      return new Promise<void>((resolve) => void ends.push(resolve))
    },
  })
  const endOne = async (): Promise<void> => {
    ends.shift()?.()
    await vi.advanceTimersByTimeAsync(0)
  }
  return { lane, endOne, sent: () => started.map((batch) => batch.records.join('')) }
}

describe('PartitionLane', () => {
  it('sends a full batch at once and one batch at a time, oldest first', async () => {
    const { lane, endOne, sent } = heldLane({ batchBytes: 3, lingerMs: 1000 })
    for (const letter of 'abcdefghi') lane.add(letter, 1)
    expect(sent()).toEqual(['abc'])
    await endOne()
    expect(sent()).toEqual(['abc', 'def'])
    await endOne()
    expect(sent()).toEqual(['abc', 'def', 'ghi'])
  })

  it('sends a part of a batch when its first record has lingered', async () => {
    const { lane, sent } = heldLane({ batchBytes: 100, lingerMs: 50 })
    lane.add('a', 1)
    await vi.advanceTimersByTimeAsync(30)
    lane.add('b', 1)
    expect(sent()).toEqual([])
    await vi.advanceTimersByTimeAsync(20)
    expect(sent()).toEqual(['ab'])
  })

  it('does not cut a batch short while another is under way, and sends it right after if it lingered', async () => {
    const { lane, endOne, sent } = heldLane({ batchBytes: 100, lingerMs: 10 })
    lane.add('a', 1)
    await vi.advanceTimersByTimeAsync(10)
    lane.add('b', 1)
    await vi.advanceTimersByTimeAsync(500)
    lane.add('c', 1)
    expect(sent()).toEqual(['a'])
    await endOne()
    expect(sent()).toEqual(['a', 'bc'])
  })

  it('closes a batch before the record that would make it too large; a giant travels alone', () => {
    const { lane, sent } = heldLane({ batchBytes: 4, lingerMs: 10 })
    lane.add('a', 3)
    lane.add('G', 99)
    expect(sent()).toEqual(['a'])
  })

  it('flush sends the rest and waits for all', async () => {
    const { lane, endOne, sent } = heldLane({ batchBytes: 2, lingerMs: 1000 })
    for (const letter of 'abcde') lane.add(letter, 1)
    let isFlushed = false
    const flushed = lane.flush().then(() => (isFlushed = true))
    await endOne()
    await endOne()
    expect([sent(), isFlushed]).toEqual([['ab', 'cd', 'e'], false])
    await endOne()
    await flushed
    expect(isFlushed).toBe(true)
  })

  it('flush of an empty lane resolves at once', async () => {
    await expect(heldLane({ batchBytes: 2, lingerMs: 1 }).lane.flush()).resolves.toBeUndefined()
  })
})
