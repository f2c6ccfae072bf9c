import { expect, test } from 'vitest'
import { spreadOf } from './statistics.ts'

test('there is no spread of no runs', () => {
  expect(() => spreadOf([])).toThrow(RangeError)
})

test('values are ordered as numbers, and the input stays as it is', () => {
  const values = [10, 9, 100]
  expect(spreadOf(values)).toEqual({ min: 9, median: 10, max: 100 })
  expect(values).toEqual([10, 9, 100])
})

test('the median of an even number of values lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, max: 4 })
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 })
})
