import { Metrics } from '@pinpipe/service/metrics'
import { expect, test } from 'vitest'
import { MemoryBudget } from './memory-budget.ts'
import { report } from './report.ts'
import { Gate, startPipeline, type HandOptions } from './testing/pipeline.ts'
import { batch, MemoryStore, record } from './testing/records.ts'
import { cursorOf } from '@pinpipe/kafka/record-cursor'

/** A pipeline that is reported on: what a scrape says of `t`, and what `/status` does. */
function reported(options: HandOptions) {
  const started = startPipeline(options)
  const { pipeline, events, health, clock } = started
  const metrics = new Metrics('consumer')
  const context = { metrics, health, progress: () => ({ [Symbol.dispose]: () => undefined }) }
  report({ pipeline, events, budget: new MemoryBudget(1), group: 'g', untilEnd: undefined, clock, context })
  const scraped = async (name: string): Promise<string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`))
  return { ...started, scraped }
}

/** Records of offsets from `first` on, at these times before now. */
function aged(nowMs: number, first: number, ages: readonly number[], highWatermark = first + ages.length) {
  const records = ages.map((age, i) => ({ ...record(first + i), timestamp: BigInt(nowMs - age) }))
  const last = first + ages.length - 1
  return batch(first, last, { records: cursorOf(records), highWatermark: BigInt(highWatermark) })
}

test('the oldest unstored record is the first one that is open, or on its way', async () => {
  const gate = new Gate()
  const { pipeline, assign, clock, turns, scraped, health } = reported({
    limits: { maxRecords: 2 },
    store: new MemoryStore(gate.pass),
  })
  const age = async (): Promise<string[]> => await scraped('pinpipe_consumer_oldest_unstored_seconds')
  await assign(0)
  expect(await age()).toEqual([])
  await pipeline.batch(aged(clock.wallMs(), 0, [9_000]))
  expect(await age()).toEqual(['pinpipe_consumer_oldest_unstored_seconds{topic="t",partition="0"} 9'])
  await pipeline.batch(aged(clock.wallMs(), 1, [5_000, 4_000]))
  await clock.advance(1_000)
  expect(gate.waiting).toHaveLength(1)
  expect(await age()).toEqual(['pinpipe_consumer_oldest_unstored_seconds{topic="t",partition="0"} 10'])
  gate.open()
  await turns()
  expect(await age()).toEqual(['pinpipe_consumer_oldest_unstored_seconds{topic="t",partition="0"} 5'])
  expect(health.readStatus()['partitions']).toMatchObject([
    { partition: 't/0', epoch: 0, stored: '2', lag: '1', oldestUnstoredAgeMs: 5_000, openRecords: 1 },
  ])
  await pipeline.batch(aged(clock.wallMs(), 3, [0]))
  await turns()
  expect(await age()).toEqual(['pinpipe_consumer_oldest_unstored_seconds{topic="t",partition="0"} 0'])
})

test('a record without a time has no age, and one of the future is not younger than now', async () => {
  const { pipeline, assign, clock, scraped } = reported({})
  await assign(0, 1)
  await pipeline.batch(aged(clock.wallMs(), 0, [clock.wallMs() + 1]))
  await pipeline.batch({ ...aged(clock.wallMs(), 0, [-60_000]), partition: 1 })
  expect(await scraped('pinpipe_consumer_oldest_unstored_seconds')).toEqual([
    'pinpipe_consumer_oldest_unstored_seconds{topic="t",partition="1"} 0',
  ])
})

test('a halted partition has its code in the metrics and on /status', async () => {
  const store = new MemoryStore()
  const first = startPipeline({ limits: { maxRecords: 2 }, store })
  await first.assign(0)
  await first.pipeline.batch(batch(0, 1))
  await first.turns()
  const { assign, scraped, health } = reported({ store, log: { low: 0n, high: 1n } })
  await assign(0)
  expect(await scraped('pinpipe_consumer_partition_halted')).toEqual([
    'pinpipe_consumer_partition_halted{partition="t/0",code="TOPIC_CHANGED"} 1',
  ])
  expect(health.readStatus()['halted']).toMatchObject([{ partition: 't/0', code: 'TOPIC_CHANGED' }])
})
