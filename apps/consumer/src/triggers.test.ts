import { describe, expect, test } from 'vitest'
import { wallClockOf } from './format/time-zone.ts'
import { largestOf, limitReached, timerOf } from './triggers.ts'

const limits = { maxRecords: 10, maxBytes: 100, maxAgeMs: 1 }

test('a range is full at its records or at its bytes, whichever comes first', () => {
  expect(limitReached({ records: 9, bytes: 99 }, limits)).toBeUndefined()
  expect(limitReached({ records: 10, bytes: 1 }, limits)).toBe('records')
  expect(limitReached({ records: 1, bytes: 100 }, limits)).toBe('bytes')
  expect(limitReached({ records: 1e9, bytes: 1 }, { ...limits, maxRecords: undefined })).toBeUndefined()
})

test('the largest range is the one to seal; ranges without content are none', () => {
  const [small, large] = [
    { records: 9, bytes: 5 },
    { records: 1, bytes: 6 },
  ]
  expect(largestOf([small, large])).toBe(large)
  expect(largestOf([{ records: 0, bytes: 0 }])).toBeUndefined()
  expect(largestOf([])).toBeUndefined()
})

describe('the timer of a range', () => {
  const minute = 60_000
  const from = (time: string, everyMs: number, zone = 'UTC', maxAgeMs = 3 * 60 * minute) =>
    timerOf({ ...limits, maxAgeMs, schedule: { everyMs, wallClock: wallClockOf(zone) } }, Date.parse(time))

  test('without a schedule, it is the age', () => {
    expect(timerOf(limits, 0)).toEqual({ delayMs: 1, trigger: 'age' })
  })

  test('with one, it is the next multiple since midnight, or the age if that comes before', () => {
    expect(from('2024-01-01T10:59:59.500Z', 60 * minute)).toEqual({ delayMs: 500, trigger: 'schedule' })
    expect(from('2024-01-01T11:00:00Z', 60 * minute)).toEqual({ delayMs: 60 * minute, trigger: 'schedule' })
    expect(from('2024-01-01T11:00:00Z', 60 * minute, 'UTC', minute)).toEqual({
      delayMs: minute,
      trigger: 'age',
    })
  })

  test('midnight is that of the time zone, and always a multiple', () => {
    expect(from('2024-01-01T18:00:00Z', 60 * minute, 'Asia/Kolkata').delayMs).toBe(30 * minute)
    expect(from('2024-01-01T22:00:00Z', 7 * 60 * minute).delayMs).toBe(2 * 60 * minute)
  })
})
