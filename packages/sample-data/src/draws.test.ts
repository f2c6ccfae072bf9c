import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Draws, permute } from './draws.ts'

test('permute is a shuffle: every place is taken once, for any size and key', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1500 }), fc.integer(), (size, key) => {
      const places = new Set(Array.from({ length: size }, (_, value) => permute(value, size, key)))
      expect(places.size).toBe(size)
      expect(Math.max(...places)).toBe(size - 1)
    }),
    { numRuns: 60 },
  )
})

test('permute moves things: the order of a shuffle is neither kept nor turned around', () => {
  const places = Array.from({ length: 1000 }, (_, value) => permute(value, 1000, 7))
  const rises = places.filter((place, at) => place > (places[at - 1] ?? -1)).length
  expect(rises).toBeGreaterThan(430)
  expect(rises).toBeLessThan(570)
})

test('streams differ by seed, purpose and number, also in the high bits of each', () => {
  const streams = [
    new Draws(1, 2, 3),
    new Draws(2, 2, 3),
    new Draws(1, 3, 3),
    new Draws(1, 2, 4),
    new Draws(1 + 2 ** 32, 2, 3),
    new Draws(1, 2, 3 + 2 ** 32),
    new Draws(-1, 2, 3),
  ]
  const firsts = streams.map((draws) => draws.bits())
  expect(new Set(firsts).size).toBe(streams.length)
  expect(new Draws(1, 2, 3).bits()).toBe(firsts[0])
})

test('fractions are uniform and the smallest of k has the mean 1 / (k + 1)', () => {
  const draws = new Draws(5, 1, 0)
  const rounds = 20_000
  for (const count of [1, 2, 10]) {
    let sum = 0
    for (let round = 0; round < rounds; round++) sum += draws.smallestOf(count)
    // Five standard errors of the mean; the deviation of the smallest of k is below 1 / (k + 1).
    expect(Math.abs(sum / rounds - 1 / (count + 1))).toBeLessThan(5 / (count + 1) / Math.sqrt(rounds))
  }
})
