import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectKey } from './object-key.ts'

const parts = {
  area: 'topics',
  topic: 'a.pin',
  epoch: 0,
  partition: 3,
  path: 'partition=3',
  extension: '.json.gz',
} as const

describe('objectKey', () => {
  test('has the name of the contract, with offsets of 20 digits', () => {
    expect(objectKey({ ...parts, start: 0n, end: 41n })).toBe(
      'topics/a.pin/partition=3/a.pin+3+00000000000000000000-00000000000000000041.json.gz',
    )
    expect(objectKey({ ...parts, area: 'dead', start: 7n, end: 7n, extension: '.json' })).toBe(
      'dead/a.pin/partition=3/a.pin+3+00000000000000000007-00000000000000000007.json',
    )
  })

  test('lies below the folder of its layout; of a topic that was made anew it says which one', () => {
    const path = 'category=art/year=2020'
    expect(objectKey({ ...parts, path, epoch: 2, start: 0n, end: 41n })).toBe(
      'topics/a.pin/category=art/year=2020/a.pin@2+3+00000000000000000000-00000000000000000041.json.gz',
    )
  })

  test('holds the largest offset, and sorts as offsets do', () => {
    const largest = 2n ** 63n - 1n
    expect(objectKey({ ...parts, start: largest, end: largest })).toContain('+09223372036854775807-')
    const offset = fc.bigInt({ min: 0n, max: largest })
    fc.assert(
      fc.property(offset, offset, (a, b) => {
        const [keyA, keyB] = [a, b].map((start) => objectKey({ ...parts, start, end: largest }))
        return Math.sign(Number(a - b)) === (keyA === keyB ? 0 : keyA! < keyB! ? -1 : 1)
      }),
    )
  })

  test('refuses a range that ends before it starts, or starts below 0', () => {
    expect(() => objectKey({ ...parts, start: 5n, end: 4n })).toThrow(
      'No object can hold the offsets 5 to 4.',
    )
    expect(() => objectKey({ ...parts, start: -1n, end: 4n })).toThrow(RangeError)
  })
})
