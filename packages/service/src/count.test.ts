import { expect, it } from 'vitest'
import { formatCount, formatCountOf, formatRate, parseRate } from './count.ts'

it.each([
  ['500/s', 500],
  ['30/m', 0.5],
  ['3600/h', 1],
  ['0.5/s', 0.5],
  ['10 / s', 10],
])('reads the rate %s', (text, perSecond) => {
  expect(parseRate(text)).toBe(perSecond)
})

it.each(['', '500', '0/s', '-1/s', '5/d', '/s', '1e3/s', 'fast'])('does not read the rate %j', (text) => {
  expect(parseRate(text)).toBeUndefined()
})

it('shows counts with commas, also bigint, and with their noun', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect(formatCount(2n ** 64n)).toBe('18,446,744,073,709,551,616')
  expect(formatCount(Number.NaN)).toBe('unknown')
  expect([formatCountOf(0, 'record'), formatCountOf(1n, 'record'), formatCountOf(2000, 'record')]).toEqual([
    '0 records',
    '1 record',
    '2,000 records',
  ])
  expect(formatCountOf(2, 'retry', 'retries')).toBe('2 retries')
})

it('shows rates with as many digits as matter', () => {
  expect([formatRate(1234.5), formatRate(0.25), formatRate(9.96), formatRate(Infinity)]).toEqual([
    '1,235/s',
    '0.25/s',
    '10/s',
    'unknown',
  ])
})
