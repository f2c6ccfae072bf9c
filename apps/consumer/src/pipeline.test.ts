import { describe, expect, test } from 'vitest'
import { Gate, startPipeline } from './testing/pipeline.ts'
import { PartitionHalt } from './chain/halt.ts'
import { Content } from './content.ts'
import { batch, dataKey, MemoryStore, turns } from './testing/records.ts'

const lines = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, i) => `{"n":${first + i}}\n`).join('')

describe('triggers', () => {
  test('--max-records seals in the middle of a batch, and the rest starts the next range', async () => {
    const { pipeline, assign, store, group } = startPipeline({ limits: { maxRecords: 4 } })
    await assign(0)
    await pipeline.batch(batch(0, 9))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 3), dataKey(4, 7)])
    expect(store.text(dataKey(4, 7))).toBe(lines(4, 7))
    expect(group.commits).toEqual(['0:4', '0:8'])
  })

  test('--max-bytes caps the content of an object', async () => {
    const { pipeline, assign, store } = startPipeline({ limits: { maxBytes: 3 * 8 } })
    await assign(0)
    await pipeline.batch(batch(0, 6))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2), dataKey(3, 5)])
  })

  test('--max-age fires without new records, counted from the first of the range', async () => {
    const { pipeline, assign, store, clock, group } = startPipeline({ limits: { maxAgeMs: 1000 } })
    await assign(0)
    await pipeline.batch(batch(0, 1))
    await clock.advance(600)
    await pipeline.batch(batch(2, 2))
    await clock.advance(399)
    expect(store.keys).toEqual([])
    await clock.advance(1)
    expect(store.keys).toEqual([dataKey(0, 2)])
    expect(group.commits).toEqual(['0:3'])
    await pipeline.batch(batch(3, 3))
    await clock.advance(1000)
    expect(store.keys).toContain(dataKey(3, 3))
    expect(clock.timers).toBe(0)
  })

  test('an age that comes while the range before is being stored is made up for at once', async () => {
    const gate = new Gate()
    const { pipeline, assign, store, clock } = startPipeline({
      limits: { maxAgeMs: 1000 },
      store: new MemoryStore(gate.pass),
    })
    await assign(0)
    await pipeline.batch(batch(0, 0))
    await clock.advance(1000)
    await pipeline.batch(batch(1, 1))
    await clock.advance(1000)
    expect(gate.waiting).toEqual([dataKey(0, 0)])
    gate.open()
    await turns()
    expect(store.keys).toEqual([dataKey(0, 0), dataKey(1, 1)])
  })
})

describe('one unfinished range per partition (R4)', () => {
  test('the next range fills while one is being stored, and waits for it when it is full', async () => {
    const gate = new Gate()
    const { pipeline, assign, store } = startPipeline({
      limits: { maxRecords: 2 },
      store: new MemoryStore(gate.pass),
    })
    await assign(0)
    let isTaken = false
    const taking = pipeline.batch(batch(0, 5)).then(() => (isTaken = true))
    await turns()
    expect(gate.waiting).toEqual([dataKey(0, 1)])
    expect(isTaken).toBe(false)
    expect(pipeline.lanes.get('t/0')?.records).toBe(2)
    gate.open()
    await taking
    await turns()
    expect(store.keys).toEqual([dataKey(0, 1), dataKey(2, 3), dataKey(4, 5)])
  })

  test('a partition whose next batch may not fit is paused until its range is stored', async () => {
    const gate = new Gate()
    const { pipeline, assign, group } = startPipeline({
      limits: { maxBytes: 6 * 8 },
      store: new MemoryStore(gate.pass),
    })
    await assign(0, 1)
    await pipeline.batch(batch(0, 5))
    await pipeline.batch(batch(6, 9))
    expect([...group.paused]).toEqual(['t/0'])
    gate.open()
    await turns()
    expect([...group.paused]).toEqual([])
  })
})

describe('positions', () => {
  test('a batch that leaves out offsets ends the run: it would lose them', async () => {
    const { pipeline, assign, ended, store } = startPipeline()
    await assign(0)
    await pipeline.batch(batch(0, 3))
    await pipeline.batch(batch(6, 6))
    await expect(ended).rejects.toThrow('a batch at 6 came when 4 was next')
    expect(store.keys).toEqual([])
  })

  test('offsets without records belong to a range: at its end, between two, and alone (K12)', async () => {
    const { pipeline, assign, store, clock, group } = startPipeline({ limits: { maxAgeMs: 1000 } })
    await assign(0)
    await pipeline.batch({ ...batch(0, 1), lastOffset: 3n })
    await clock.advance(1000)
    await pipeline.skipped({ topic: 't', partition: 0, nextOffset: 6n })
    await pipeline.batch(batch(6, 6))
    await clock.advance(1000)
    await pipeline.skipped({ topic: 't', partition: 0, nextOffset: 9n })
    await clock.advance(1000)
    expect(store.keys).toEqual([dataKey(0, 3), dataKey(4, 6)])
    expect(group.commits).toEqual(['0:4', '0:7', '0:9'])
  })

  test('a commit that the group does not take is a hint: the next one makes up for it', async () => {
    let isTaken = false
    const { pipeline, assign, group, drain, ended, logs } = startPipeline({
      limits: { maxRecords: 1 },
      takes: () => isTaken,
    })
    await assign(0)
    await pipeline.batch(batch(0, 0))
    await turns()
    expect(group.commits).toEqual([])
    expect(logs.join('')).toContain('offset not committed')
    isTaken = true
    await pipeline.batch(batch(1, 1))
    await turns()
    expect(group.commits).toEqual(['0:2'])
    drain.abort()
    await ended
  })

  test('a commit that throws ends nothing', async () => {
    const { pipeline, assign, store, drain, ended } = startPipeline({
      limits: { maxRecords: 1 },
      takes: () => {
        throw new Error('rebalance in progress')
      },
    })
    await assign(0)
    await pipeline.batch(batch(0, 1))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 0), dataKey(1, 1)])
    drain.abort()
    await turns()
    void ended
  })
})

describe('what breaks', () => {
  test('a store that fails ends the run with its sentence, and what waits for it is let go', async () => {
    const gate = new Gate()
    const failing = new MemoryStore(async (object) => {
      await gate.pass(object)
      throw new Error('the lake is full')
    })
    const { pipeline, assign, ended, group, budget } = startPipeline({
      limits: { maxRecords: 2 },
      store: failing,
    })
    await assign(0)
    const taking = pipeline.batch(batch(0, 9))
    await turns()
    gate.open()
    await expect(ended).rejects.toThrow('the lake is full')
    await taking
    expect(group.isStopped).toBe(true)
    expect(group.commits).toEqual([])
    expect(budget.usedBytes).toBe(0)
  })

  test('a consumer that crashes ends the run with its error', async () => {
    const { assign, ended, group } = startPipeline()
    await assign(0)
    group.crash(new Error('no broker'))
    await expect(ended).rejects.toThrow('no broker')
  })

  test('an object with other content halts its partition only, and the run fails at its end', async () => {
    const store = new MemoryStore()
    const foreign = { digest: undefined, contentType: 'text/plain', facts: {} }
    await store.create({ key: dataKey(0, 1), body: Content.of(Buffer.from('"other"\n')), ...foreign })
    const { pipeline, assign, group, drain, ended, logs } = startPipeline({
      store,
      limits: { maxRecords: 2 },
    })
    await assign(0, 1)
    await pipeline.batch(batch(0, 3))
    await turns()
    await pipeline.batch({ ...batch(0, 1), partition: 1 })
    await turns()
    expect(group.commits).toEqual(['1:2'])
    expect([...group.paused]).toEqual(['t/0'])
    expect(logs.join('')).toContain(`${dataKey(0, 1)} is there already`)
    drain.abort()
    await expect(ended).rejects.toThrow(PartitionHalt)
    expect(store.text(dataKey(0, 1))).toBe('"other"\n')
  })
})
