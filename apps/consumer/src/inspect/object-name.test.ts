import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { objectKey } from '../format/object-key.ts'
import { objectKeyParts } from './object-name.ts'

const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })
const parts = fc
  .record({
    area: fc.constantFrom('topics', 'dead'),
    topic: fc.stringMatching(/^[a-zA-Z0-9._-]{1,20}$/),
    epoch: fc.nat(20),
    partition: fc.nat(),
    path: fc.constantFrom('partition=3', 'year=2020/month=08', 'category=a+b%2F', 'n=+1+00-00'),
    offsets: fc.tuple(offset, offset),
    extension: fc.constantFrom('.json', '.json.gz', '.bin.zst', '.parquet'),
  })
  .map(({ offsets: [one, other], ...more }) => ({
    ...more,
    start: one < other ? one : other,
    end: one < other ? other : one,
  }))

test('a name tells what it was made of', () => {
  fc.assert(
    fc.property(parts, (made) => {
      expect(objectKeyParts(objectKey(made))).toEqual(made)
    }),
  )
})

test('a name that the sink gives to nothing tells nothing', () => {
  const key = 'topics/t/partition=0/t+0+00000000000000000004-00000000000000000007.json'
  expect(objectKeyParts(key)).toBeDefined()
  for (const other of [
    key.replace('/t+0', '/u+0'),
    key.replace('/t+0', '/t@0+0'),
    key.replace('/t+0', '/t@x+0'),
    key.replace('t+0+', 't+00+'),
    key.replace('07.json', '03.json'),
    key.replace('+0000', '+000'),
    key.replace('topics', 'else'),
    key.replace('/partition=0', ''),
    `${key}/x`,
  ])
    expect([other, objectKeyParts(other)]).toEqual([other, undefined])
})
