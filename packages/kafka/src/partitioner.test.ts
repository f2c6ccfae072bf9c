/**
 * The golden values come from the Java client (kafka-clients 4.1.0): for each key in `fixtures/murmur2.json`
 *
 *   int hash = org.apache.kafka.common.utils.Utils.murmur2(key);
 *   int of3 = Utils.toPositive(hash) % 3, of50 = Utils.toPositive(hash) % 50;
 *
 * with keys in hex: the empty key, "abcdefghijklmnopq" cut to 1…17 bytes, numbers as text, non-ASCII text as UTF-8,
 * `new Random(7).nextBytes` of 1…17 bytes, and nine bytes 0xff.
 */

import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from './fixtures/murmur2.json' with { type: 'json' }
import { murmur2, partitionOf } from './partitioner.ts'

test('murmur2 gives the values of the Java client, for every length and sign of bytes', () => {
  expect(golden.length).toBeGreaterThan(50)
  expect(golden.map(({ key }) => murmur2(Buffer.from(key, 'hex')))).toEqual(golden.map(({ hash }) => hash))
})

test('the partition of a key is the one that the Java client chooses', () => {
  for (const { key, of3, of50 } of golden) {
    expect(partitionOf(Buffer.from(key, 'hex'), 3)).toBe(of3)
    expect(partitionOf(Buffer.from(key, 'hex'), 50)).toBe(of50)
  }
})

test('a text key is hashed as UTF-8', () => {
  const emoji = golden.find(({ key }) => key === Buffer.from('a🎨b').toString('hex'))
  expect(partitionOf('a🎨b', 50)).toBe(emoji?.of50)
})

test('every key has a partition in range, always the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 1000 }), (key, partitions) => {
      const partition = partitionOf(key, partitions)
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(partitions)
      expect(partitionOf(Buffer.from(key), partitions)).toBe(partition)
    }),
  )
})

test.each([0, -1, 1.5, Number.NaN])('a topic of %s partitions is refused', (partitions) => {
  expect(() => partitionOf('7528', partitions)).toThrow(RangeError)
})
