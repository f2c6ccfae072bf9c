import { describe, expect, test } from 'vitest'
import { Gate, startPipeline } from './testing/pipeline.ts'
import { batch, dataKey, MemoryStore, turns } from './testing/records.ts'

describe('draining', () => {
  test('stores and commits what was taken before the consumer is stopped (K7)', async () => {
    const { pipeline, assign, store, group, drain, ended, events } = startPipeline()
    await assign(0, 1)
    await pipeline.batch(batch(0, 4))
    await pipeline.batch({ ...batch(0, 1), partition: 1 })
    drain.abort()
    await ended
    expect(store.keys).toEqual([dataKey(0, 4), dataKey(0, 1, 1)])
    expect(group.commits.toSorted()).toEqual(['0:5', '1:2'])
    expect(group.isStopped).toBe(true)
    expect(events.totals).toMatchObject({ records: 7, objects: 2, rejected: 0 })
  })

  test('a batch that waits is let go without its rest', async () => {
    const gate = new Gate()
    const { pipeline, assign, store, drain, ended, group } = startPipeline({
      limits: { maxRecords: 2 },
      store: new MemoryStore(gate.pass),
    })
    await assign(0)
    const taking = pipeline.batch(batch(0, 9))
    await turns()
    drain.abort()
    await turns()
    gate.open()
    await Promise.all([taking, ended])
    expect(store.keys).toEqual([dataKey(0, 1), dataKey(2, 3)])
    expect(group.commits.at(-1)).toBe('0:4')
  })

  test('the last commit is tried again, and told when it is not taken', async () => {
    let attempts = 0
    const { pipeline, assign, drain, ended, clock, logs } = startPipeline({
      takes: () => {
        attempts++
        return false
      },
    })
    await assign(0)
    await pipeline.batch(batch(0, 0))
    drain.abort()
    for (let i = 0; i < 10; i++) await clock.advance(500)
    await ended
    expect(attempts).toBeGreaterThan(3)
    expect(logs.join('')).toContain('what was stored last is not committed')
  })
})
