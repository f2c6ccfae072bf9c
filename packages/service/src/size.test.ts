import { assert, nat, property } from 'fast-check'
import { expect, it } from 'vitest'
import { formatSize, parseSize, writeSize } from './size.ts'

it.each([
  ['64KiB', 65_536],
  ['16MiB', 16_777_216],
  ['10MB', 10_000_000],
  ['10mb', 10_000_000],
  ['1 kB', 1000],
  ['1.5GiB', 1_610_612_736],
  ['1.1GB', 1_100_000_000],
  ['1048576', 1_048_576],
  ['5B', 5],
  ['0', 0],
])('reads %s', (text, sizeBytes) => {
  expect(parseSize(text)).toBe(sizeBytes)
})

it.each(['', '64K', '1M', 'MB', '-1MB', '1e3', '1,5MB', '0.1B', '12XB', '99999999TiB', '1 0MB'])(
  'does not read %j',
  (text) => {
    expect(parseSize(text)).toBeUndefined()
  },
)

it('writes sizes so that they are read back exactly', () => {
  assert(property(nat(Number.MAX_SAFE_INTEGER), (sizeBytes) => parseSize(writeSize(sizeBytes)) === sizeBytes))
  expect(writeSize(65_536)).toBe('64KiB')
  expect(writeSize(10_000_000)).toBe('10MB')
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1_500_000, '1.5 MB'],
  [9_960_000, '10 MB'],
  [999_600, '1 MB'],
  [23_400_000_000, '23 GB'],
  [-1500, '-1.5 kB'],
  [Infinity, 'unknown'],
])('shows %d bytes as %s', (sizeBytes, text) => {
  expect(formatSize(sizeBytes)).toBe(text)
})
