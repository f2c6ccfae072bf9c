import { expect, test } from 'vitest'
import { describeOrder, hashMapOrder } from './hash-map-order.ts'

/** Names `t-0`, `t-37`, `t-74`, … as the Java tool has them: sorted. */
const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `t-${at * 37}`).toSorted()

// The keys of OpenJDK 17's HashMaps, filled as AdminClient fills them.
const java: ReadonlyMap<number, string> = new Map([
  [3, 't-37,t-0,t-74'],
  [13, 't-296,t-185,t-74,t-370,t-37,t-259,t-148,t-444,t-333,t-222,t-111,t-407,t-0'],
  [
    40,
    't-296,t-592,t-370,t-777,t-259,t-555,t-851,t-333,t-111,t-629,t-925,t-407,t-0,t-1184,t-703,t-1443,t-1221,t-1369,t-1147,t-1406,t-185,t-481,t-74,t-37,t-888,t-666,t-148,t-962,t-444,t-740,t-222,t-518,t-1295,t-814,t-1073,t-999,t-1036,t-1332,t-1110,t-1258',
  ],
])

test.each([...java])('%d topics come in the order of the Java tool', (count, expected) => {
  expect(describeOrder(names(count)).join(',')).toBe(expected)
})

test('a map made without a size has its own order', () => {
  expect(hashMapOrder(names(3)).join(',')).toBe('t-74,t-0,t-37')
})

test('no topic gets lost', () => {
  expect(describeOrder([])).toEqual([])
  expect(describeOrder(names(500)).toSorted()).toEqual(names(500))
})
