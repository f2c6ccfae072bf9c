import { describe, expect, test } from 'vitest'
import { Gate, startPipeline } from './testing/pipeline.ts'
import { batch, dataKey, MemoryStore, turns } from './testing/records.ts'

describe('a rebalance', () => {
  test('the consumer is ready while it has partitions', async () => {
    const { assign, revoke, health } = startPipeline()
    expect(health.readiness().reasons).toEqual(['group: joining the consumer group'])
    await assign(0)
    expect(health.readiness().ok).toBe(true)
    await revoke(0)
    expect(health.readiness().reasons).toEqual(['group: the group is rebalancing'])
  })

  test('drops what is open, and what comes back starts at the committed offset', async () => {
    const { pipeline, assign, revoke, store, budget, group } = startPipeline({
      committed: new Map([[0, 0n]]),
      limits: { maxRecords: 100 },
    })
    await assign(0)
    await pipeline.batch(batch(0, 4))
    await revoke(0)
    expect(budget.usedBytes).toBe(0)
    expect(group.commits).toEqual([])
    expect(await assign(0)).toEqual(new Map([['t/0', 0n]]))
    await pipeline.batch(batch(0, 99))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 99)])
  })

  test('a batch of a partition that is not ours is not taken', async () => {
    const { pipeline, assign, revoke, store } = startPipeline({ limits: { maxRecords: 1 } })
    await assign(0)
    await revoke(0)
    await pipeline.batch(batch(0, 4))
    await turns()
    expect(store.keys).toEqual([])
  })

  test('a range that is being stored may finish; it is not stored again although its commit was lost', async () => {
    const gate = new Gate()
    const { pipeline, assign, revoke, store } = startPipeline({
      limits: { maxRecords: 3 },
      store: new MemoryStore(gate.pass),
      takes: () => false,
      committed: new Map([[0, 0n]]),
    })
    await assign(0)
    await pipeline.batch(batch(0, 2))
    const revoking = revoke(0)
    await turns()
    expect(gate.waiting).toEqual([dataKey(0, 2)])
    gate.open()
    await revoking
    expect(await assign(0)).toEqual(new Map([['t/0', 3n]]))
    await pipeline.batch(batch(0, 5))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2), dataKey(3, 5)])
  })

  test('a hand-over that takes too long goes on without the range, and never commits it later', async () => {
    const gate = new Gate()
    const { pipeline, assign, revoke, group, clock } = startPipeline({
      limits: { maxRecords: 3 },
      store: new MemoryStore(gate.pass),
    })
    await assign(0)
    await pipeline.batch(batch(0, 2))
    const revoking = revoke(0)
    await clock.advance(10_000)
    await revoking
    gate.open()
    await turns()
    expect(group.commits).toEqual([])
  })

  test('what another member committed meanwhile counts', async () => {
    const { assign, revoke, group, pipeline } = startPipeline({ limits: { maxRecords: 1 } })
    await assign(0)
    await pipeline.batch(batch(0, 0))
    await turns()
    await revoke(0)
    group.committed.set(0, 50n)
    expect(await assign(0)).toEqual(new Map([['t/0', 50n]]))
  })
})
