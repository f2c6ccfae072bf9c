import { expect, test } from 'vitest'
import { largestOf, limitReached } from './triggers.ts'

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
