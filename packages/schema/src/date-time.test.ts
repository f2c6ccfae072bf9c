import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDateTime, normaliseDateTime } from './date-time.ts'

const padded = (value: number, width = 2): string => String(value).padStart(width, '0')

test('isDateTime agrees with the calendar of the engine, near every edge', () => {
  const parts = fc.tuple(
    fc.oneof(fc.integer({ min: 990, max: 9999 }), fc.constantFrom(1900, 2000, 2023, 2024, 1000, 0)),
    fc.integer({ min: 0, max: 13 }),
    fc.integer({ min: 0, max: 32 }),
    fc.integer({ min: 0, max: 25 }),
    fc.integer({ min: 0, max: 61 }),
    fc.integer({ min: 0, max: 61 }),
  )
  let real = 0
  fc.assert(
    fc.property(parts, ([year, month, day, hour, minute, second]) => {
      const text = `${padded(year, 4)}-${padded(month)}-${padded(day)} ${padded(hour)}:${padded(minute)}:${padded(second)}`
      const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
      const exists = year >= 1000 && date.toISOString().slice(0, 19).replace('T', ' ') === text
      if (exists) real++
      expect(isDateTime(text)).toBe(exists)
    }),
    { numRuns: 2000 },
  )
  expect(real).toBeGreaterThan(200)
})

test.each([
  '',
  '0000-00-00 00:00:00',
  '2020-08-28',
  '2020-08-28T03:52:47',
  '2020-08-28 03:52:47Z',
  '2020-08-28 03:52:47.',
  '2020-08-28 03:52:47\n',
  ' 2020-08-28 03:52:47',
  '2020-8-28 3:52:47',
  '２020-08-28 03:52:47',
])('isDateTime refuses %j', (text) => {
  expect(isDateTime(text)).toBe(false)
})

test.each([
  ['1900-02-29', false],
  ['2000-02-29', true],
  ['2023-02-29', false],
  ['2024-02-29', true],
])('isDateTime knows whether %s is a leap day', (day, exists) => {
  expect(isDateTime(`${day} 12:00:00`)).toBe(exists)
})

test('normaliseDateTime writes a space for a T', () => {
  expect(normaliseDateTime('2022-05-20T19:53:34')).toBe('2022-05-20 19:53:34')
  expect(normaliseDateTime('2022-05-20t19:53:34.000120')).toBe('2022-05-20 19:53:34.000120')
})

test.each([
  '2022-05-20 19:53:34',
  '2022-05-20T19:53:34Z',
  '2022-05-20T19:53:34+02:00',
  '2022-05-20T',
  'a T b',
  '',
])('normaliseDateTime leaves %j as it is', (text) => {
  expect(normaliseDateTime(text)).toBe(text)
})
