import { describe, expect, test } from 'vitest'
import { startPipeline } from './testing/pipeline.ts'
import { batch, dataKey, HandClock, turns } from './testing/records.ts'
import { UntilEnd, type Positions } from './until-end.ts'

/** Partition → [low, high, committed]. */
function cluster(
  partitions: Record<number, [bigint, bigint, bigint?]>,
): Positions & { partitions: typeof partitions } {
  return {
    partitions,
    watermarks: () =>
      Promise.resolve(
        Object.entries(partitions).map(([p, [low, high]]) => ({ partition: Number(p), low, high })),
      ),
    committedOffsets: () =>
      Promise.resolve(
        Object.entries(partitions).map(([p, [, , offset]]) => ({ partition: Number(p), offset })),
      ),
  }
}

const from = (positions: Positions): Promise<UntilEnd> => UntilEnd.from(positions, 'g', ['t'])

describe('--until-end', () => {
  test('empty partitions, and those whose records are all committed, are over at once', async () => {
    const untilEnd = await from(cluster({ 0: [0n, 0n], 1: [7n, 7n], 2: [0n, 5n, 5n] }))
    expect(untilEnd.isReached).toBe(true)
    await untilEnd.reached
  })

  test('stops when all below the high watermarks is stored and committed; what came later is not wanted', async () => {
    const untilEnd = await from(cluster({ 0: [0n, 5n], 1: [0n, 0n] }))
    const { pipeline, assign, store, group, ended } = startPipeline({ untilEnd })
    await assign(0, 1)
    await pipeline.batch(batch(0, 9))
    await ended
    expect(store.keys).toEqual([dataKey(0, 4)])
    expect(group.commits).toEqual(['0:5'])
  })

  test('a tail of control records reaches the end, with records before it and without (K12)', async () => {
    const untilEnd = await from(cluster({ 0: [0n, 6n], 1: [0n, 3n] }))
    const { pipeline, assign, store, group, ended } = startPipeline({ untilEnd })
    await assign(0, 1)
    await pipeline.batch(batch(0, 3))
    pipeline.skipped({ topic: 't', partition: 0, nextOffset: 6n })
    pipeline.skipped({ topic: 't', partition: 1, nextOffset: 3n })
    await ended
    expect(store.keys).toEqual([dataKey(0, 5)])
    expect(group.commits.toSorted()).toEqual(['0:6', '1:3'])
  })

  test('a partition that another member owns is over when its committed offset says so', async () => {
    const positions = cluster({ 0: [0n, 2n], 1: [0n, 9n, 4n] })
    const untilEnd = await from(positions)
    const clock = new HandClock()
    const signal = new AbortController().signal
    const following = untilEnd.follow({
      positions,
      group: 'g',
      clock,
      isOurs: (key) => key === 't/0',
      signal,
    })
    const { pipeline, assign, ended } = startPipeline({ untilEnd })
    await assign(0)
    await pipeline.batch(batch(0, 1))
    await turns()
    expect([...untilEnd.left]).toEqual(['t/1'])
    await clock.advance(1000)
    expect(untilEnd.isReached).toBe(false)
    positions.partitions[1] = [0n, 9n, 9n]
    await clock.advance(1000)
    await following
    await ended
  })

  test('stops following when it is asked to', async () => {
    const positions = cluster({ 0: [0n, 2n] })
    const stop = new AbortController()
    const clock = new HandClock()
    const untilEnd = await from(positions)
    const following = untilEnd.follow({
      positions,
      group: 'g',
      clock,
      isOurs: () => false,
      signal: stop.signal,
    })
    stop.abort()
    await following
    expect(clock.timers).toBe(0)
  })

  test('a partition that comes back with everything committed is over, and stays paused', async () => {
    const untilEnd = await from(cluster({ 0: [0n, 2n] }))
    const { assign, group, ended, store } = startPipeline({ untilEnd, committed: new Map([[0, 2n]]) })
    await assign(0)
    expect([...group.paused]).toEqual(['t/0'])
    await ended
    expect(store.keys).toEqual([])
  })
})
