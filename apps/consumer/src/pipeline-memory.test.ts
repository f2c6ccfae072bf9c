import { describe, expect, test } from 'vitest'
import { MemoryBudget } from './memory-budget.ts'
import { Gate, startPipeline } from './testing/pipeline.ts'
import { batch, MemoryStore, turns } from './testing/records.ts'

const big = (offset: number): string => JSON.stringify('x'.repeat(30_000) + offset)

describe('when memory is short', () => {
  test('many partitions stay below the budget and all get through, the largest first', async () => {
    const budget = new MemoryBudget(1 << 20)
    const { pipeline, assign, store, drain, ended, group } = startPipeline({
      budget,
      limits: { maxBytes: 1 << 22 },
    })
    const partitions = Array.from({ length: 40 }, (_, partition) => partition)
    await assign(...partitions)
    await Promise.all(
      partitions.map((partition) => pipeline.batch({ ...batch(0, 9, { valueAt: big }), partition })),
    )
    drain.abort()
    await ended
    expect(budget.peakBytes).toBeLessThanOrEqual(budget.limitBytes)
    expect(budget.peakBytes).toBeGreaterThan(budget.limitBytes / 2)
    expect(budget.usedBytes).toBe(0)
    expect(group.committed.size).toBe(40)
    const stored = [...store.objects.values()].reduce(
      (sum, { bytes }) => sum + bytes.toString().split('\n').length - 1,
      0,
    )
    expect(stored).toBe(400)
    expect(store.objects.get(store.keys[0]!)?.object.facts).toBeDefined()
  })

  test('everything is paused while the budget is used up, and resumed afterwards', async () => {
    const gate = new Gate()
    const { pipeline, assign, group, drain, ended } = startPipeline({
      budget: new MemoryBudget(1 << 18),
      limits: { maxBytes: 1 << 22 },
      store: new MemoryStore(gate.pass),
    })
    await assign(0, 1, 2)
    const taking = pipeline.batch(batch(0, 19, { valueAt: big }))
    await turns()
    expect([...group.paused].toSorted()).toEqual(['t/0', 't/1', 't/2'])
    gate.open()
    await taking
    await turns()
    expect([...group.paused]).toEqual([])
    drain.abort()
    await ended
    expect(group.commits.at(-1)).toBe('0:20')
  })
})
