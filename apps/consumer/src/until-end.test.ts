import { describe, expect, test } from 'vitest'
import { startPipeline } from './testing/pipeline.ts'
import { batch, dataKey, HandClock, MemoryStore, turns } from './testing/records.ts'
import { UntilEnd } from './until-end.ts'

/** Partition → [low, high, stored]. */
type Partitions = Record<number, [bigint, bigint, bigint?]>

const from = (partitions: Partitions): Promise<UntilEnd> =>
  UntilEnd.from(
    {
      logs: async (topic) =>
        Object.entries(partitions).map(([p, [low, high]]) => ({
          topic,
          topicId: 'id',
          partition: Number(p),
          low,
          high,
        })),
    },
    async ({ partition }) => partitions[partition]?.[2],
    ['t'],
  )

describe('--until-end', () => {
  test('empty partitions, and those whose records are all stored, are over at once', async () => {
    const untilEnd = await from({ 0: [0n, 0n], 1: [7n, 7n], 2: [0n, 5n, 5n] })
    expect(untilEnd.isReached).toBe(true)
    await untilEnd.reached
  })

  test('stops when all below the high watermarks is stored; what came later is not wanted', async () => {
    const untilEnd = await from({ 0: [0n, 5n], 1: [0n, 0n] })
    const { pipeline, assign, store, group, ended } = startPipeline({ untilEnd })
    await assign(0, 1)
    await pipeline.batch(batch(0, 9))
    await ended
    expect(store.keys).toEqual([dataKey(0, 4)])
    expect(group.commits).toEqual(['0:5'])
  })

  test('a tail of control records reaches the end, with records before it and without (K12)', async () => {
    const untilEnd = await from({ 0: [0n, 6n], 1: [0n, 3n] })
    const { pipeline, assign, store, group, ended } = startPipeline({ untilEnd })
    await assign(0, 1)
    await pipeline.batch(batch(0, 3))
    await pipeline.skipped({ topic: 't', partition: 0, nextOffset: 6n })
    await pipeline.skipped({ topic: 't', partition: 1, nextOffset: 3n })
    await ended
    expect(store.keys).toEqual([dataKey(0, 5)])
    expect(group.commits.toSorted()).toEqual(['0:6', '1:3'])
  })

  test('a partition that another member owns is over when its chain says so', async () => {
    const partitions: Partitions = { 0: [0n, 2n], 1: [0n, 9n, 4n] }
    const untilEnd = await from(partitions)
    const clock = new HandClock()
    const signal = new AbortController().signal
    const following = untilEnd.follow({
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
    partitions[1] = [0n, 9n, 9n]
    await clock.advance(1000)
    await following
    await ended
  })

  test('stops following when it is asked to', async () => {
    const stop = new AbortController()
    const clock = new HandClock()
    const untilEnd = await from({ 0: [0n, 2n] })
    const following = untilEnd.follow({
      clock,
      isOurs: () => false,
      signal: stop.signal,
    })
    stop.abort()
    await following
    expect(clock.timers).toBe(0)
  })

  test('a partition that comes with everything stored is over, and stays paused', async () => {
    const store = new MemoryStore()
    const earlier = startPipeline({ store, limits: { maxRecords: 2 } })
    await earlier.assign(0)
    await earlier.pipeline.batch(batch(0, 1))
    await turns()
    const { assign, group, ended } = startPipeline({ store, untilEnd: await from({ 0: [0n, 2n] }) })
    await assign(0)
    expect([...group.paused]).toEqual(['t/0'])
    await ended
    expect(store.keys).toEqual([dataKey(0, 1)])
  })

  test('a chain that is beyond the log is left, so that it is found out', async () => {
    expect((await from({ 0: [0n, 2n, 7n] })).left).toEqual(['t/0'])
  })
})
