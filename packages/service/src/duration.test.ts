import { assert, nat, property } from 'fast-check'
import { expect, it } from 'vitest'
import { formatDuration, parseDuration, writeDuration } from './duration.ts'

it.each([
  ['250ms', 250],
  ['30s', 30_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['1.5s', 1500],
  ['0', 0],
  ['0s', 0],
  ['10 S', 10_000],
])('reads %s', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs)
})

it.each(['', '30', 's', '5 minutes', '-5s', '1e3s', '5w', '1h30m', '1.s', 'Infinitys', '0x10s'])(
  'does not read %j',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)

it('writes durations so that they are read back exactly', () => {
  assert(
    property(
      nat(Number.MAX_SAFE_INTEGER),
      (durationMs) => parseDuration(writeDuration(durationMs)) === durationMs,
    ),
  )
  expect(writeDuration(604_800_000)).toBe('7d')
  expect(writeDuration(90_000)).toBe('90s')
})

it.each([
  [0, '0 ms'],
  [250, '250 ms'],
  [999.4, '999 ms'],
  [999.6, '1 s'],
  [1500, '1.5 s'],
  [9960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 m'],
  [123_000, '2 m 3 s'],
  [3_599_600, '1 h'],
  [11_100_000, '3 h 5 m'],
  [86_399_000, '1 d'],
  [619_200_000, '7 d 4 h'],
  [-1500, '-1.5 s'],
  [Number.NaN, 'unknown'],
])('shows %d ms as %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})
