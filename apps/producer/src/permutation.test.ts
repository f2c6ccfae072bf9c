import { assert, integer, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { permutation } from './permutation.ts'

const order = (seed: number, size: number): number[] => {
  const permute = permutation(seed, size)
  return Array.from({ length: size }, (_, position) => permute(position))
}

describe('permutation', () => {
  it('gives every position once, for any size and seed', () => {
    assert(
      property(nat(), integer({ min: 1, max: 3000 }), (seed, size) => {
        expect(new Set(order(seed, size)).size).toBe(size)
        expect(order(seed, size).every((value) => value >= 0 && value < size)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is the same for the same seed and another for another', () => {
    expect(order(7, 1000)).toEqual(order(7, 1000))
    expect(order(7, 1000)).not.toEqual(order(8, 1000))
  })

  it('mixes: few neighbours stay neighbours, few values stay where they are', () => {
    const shuffled = order(1, 10_000)
    expect(shuffled.filter((value, position) => value === position).length).toBeLessThan(10)
    expect(
      shuffled.filter((value, position) => Math.abs(value - (shuffled[position - 1] ?? 1e9)) === 1).length,
    ).toBeLessThan(20)
    // Position and value are uncorrelated: |r| of 10,000 uniform pairs is below 0.04 with a probability of 0.9999.
    const mean = 4999.5
    const covariance =
      shuffled.reduce((sum, value, position) => sum + (value - mean) * (position - mean), 0) / 10_000
    expect(Math.abs(covariance / (10_000 ** 2 / 12))).toBeLessThan(0.04)
  })

  it('puts each of four values in each place about equally often over many seeds', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0])
    for (let seed = 0; seed < 4000; seed++)
      order(seed, 4).forEach((value, position) => (counts[position]![value]! += 1))
    for (const count of counts.flat()) expect(count).toBeGreaterThan(850)
  })

  it('reaches far into a range that no list could hold', () => {
    const permute = permutation(3, 2 ** 52)
    const values = [0, 1, 2 ** 40, 2 ** 52 - 1].map(permute)
    expect(new Set(values).size).toBe(4)
    expect(values.every((value) => Number.isSafeInteger(value) && value >= 0 && value < 2 ** 52)).toBe(true)
  })

  it.each([0, -1, 1.5, 2 ** 53])('refuses the size %s', (size) => {
    expect(() => permutation(1, size)).toThrow(RangeError)
  })

  it.each([-1, 10, 0.5])('refuses the position %s of 10', (position) => {
    expect(() => permutation(1, 10)(position)).toThrow(RangeError)
  })
})
