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

  test('keeps what is open when the partition comes back, and reads on from the last record it has', async () => {
    const { pipeline, assign, revoke, store, group } = startPipeline({ limits: { maxRecords: 100 } })
    await assign(0)
    await pipeline.batch(batch(0, 4))
    await revoke(0)
    expect(group.commits).toEqual([])
    expect(await assign(0)).toEqual(new Map([['t/0', 4n]]))
    await pipeline.batch(batch(4, 99))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 99)])
  })

  test('drops what is open when the partition goes to another member', async () => {
    const { pipeline, assign, revoke, store, budget } = startPipeline()
    await assign(0, 1)
    await pipeline.batch(batch(0, 4))
    await revoke(0, 1)
    await assign(1)
    expect(budget.usedBytes).toBe(0)
    expect(store.keys).toEqual([])
  })

  test('halts when the record it had read last is another one now', async () => {
    const { pipeline, assign, revoke, logs } = startPipeline()
    await assign(0)
    await pipeline.batch(batch(0, 4))
    await revoke(0)
    await assign(0)
    await pipeline.batch(batch(4, 9, { valueAt: () => '"another topic"' }))
    expect(logs.join('')).toContain('TOPIC_CHANGED')
    expect(pipeline.halted.get('t/0')).toMatchObject({ code: 'TOPIC_CHANGED' })
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
    })
    await assign(0)
    await pipeline.batch(batch(0, 2))
    const revoking = revoke(0)
    await turns()
    expect(gate.waiting).toEqual([dataKey(0, 2)])
    gate.open()
    await revoking
    expect(await assign(0)).toEqual(new Map([['t/0', 2n]]))
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

  test('what another member stored meanwhile counts, whatever is committed; our own is dropped', async () => {
    const store = new MemoryStore()
    const one = startPipeline({ store })
    await one.assign(0)
    await one.pipeline.batch(batch(0, 1))
    await one.revoke(0)
    const other = startPipeline({ store, limits: { maxRecords: 3 } })
    await other.assign(0)
    await other.pipeline.batch(batch(0, 3))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2)])
    // Behind the frontier, to see that the log is still the one that was stored.
    expect(await one.assign(0)).toEqual(new Map([['t/0', 2n]]))
    expect(one.budget.usedBytes).toBe(0)
  })
})
