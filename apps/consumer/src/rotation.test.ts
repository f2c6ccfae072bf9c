import { expect, test } from 'vitest'
import { wallClockOf } from './format/time-zone.ts'
import { startPipeline } from './testing/pipeline.ts'
import { batch, dataKey } from './testing/records.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

test('on a schedule, a range ends at the full hour without another record; the next one begins with the next record', async () => {
  const schedule = { everyMs: hourMs, wallClock: wallClockOf('UTC') }
  const { pipeline, assign, clock, store, logs } = startPipeline({
    limits: { maxAgeMs: 24 * hourMs, schedule },
  })
  await assign(0)
  await pipeline.batch(batch(0, 1))
  const untilHourMs = hourMs - (clock.wallMs() % hourMs)
  await clock.advance(untilHourMs - 1)
  expect(store.keys).toEqual([])
  await clock.advance(1)
  expect(store.keys).toEqual([dataKey(0, 1)])
  expect(logs.join('')).toContain('"trigger":"schedule"')

  await clock.advance(90 * minuteMs)
  await pipeline.batch(batch(2, 2))
  await clock.advance(30 * minuteMs)
  expect(store.keys).toEqual([dataKey(0, 1), dataKey(2, 2)])
  expect(clock.timers).toBe(0)
})
