import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lagOf, Offsets } from './offsets.ts'
import { at, batch } from './testing/records.ts'

describe('the offsets of a partition', () => {
  test('a range starts where the one before ended, also when the log has a gap there', () => {
    const offsets = new Offsets(3n)
    offsets.passed(9n)
    expect(offsets.wanted(batch(20, 25))).toMatchObject({ from: 0, to: 6 })
    expect(offsets.next).toBe(10n)
  })

  test('records below the position, delivered again, are not wanted (K8)', () => {
    const offsets = new Offsets(5n)
    expect(offsets.wanted(batch(0, 9))).toEqual({ from: 5, to: 10, lastOffset: 9n })
    offsets.passed(9n)
    expect(offsets.wanted(batch(0, 9))).toMatchObject({ from: 10, to: 10 })
  })

  test('the position never goes back', () => {
    const offsets = new Offsets(5n)
    offsets.passed(9n)
    offsets.passed(6n)
    expect(offsets.next).toBe(10n)
  })

  test('nothing at or beyond the target is wanted, and the range ends just below it', () => {
    const offsets = new Offsets(0n, { target: 4n })
    expect(offsets.wanted(batch(0, 9))).toEqual({ from: 0, to: 4, lastOffset: 3n })
    expect(offsets.isAtTarget).toBe(false)
    offsets.passed(3n)
    expect(offsets.isAtTarget).toBe(true)
    expect(offsets.wanted(batch(10, 12))).toMatchObject({ from: 0, to: 0 })
  })

  test('a batch that ends with control records carries the position over them', () => {
    const offsets = new Offsets(0n, { target: 10n })
    const { to, lastOffset } = offsets.wanted({ ...batch(0, 7), lastOffset: 9n })
    expect({ to, lastOffset }).toEqual({ to: 8, lastOffset: 9n })
    offsets.passed(lastOffset)
    expect(offsets.isAtTarget).toBe(true)
  })

  test('what is committed is the last stored offset + 1, and is asked for once', () => {
    const offsets = new Offsets(5n)
    offsets.passed(9n)
    expect(offsets.hasUncommitted).toBe(false)
    offsets.rangeStored(9n)
    expect(offsets.commitOf(at)).toEqual({ topic: 't', partition: 0, offset: 10n })
    expect(offsets.hasUncommitted).toBe(true)
    offsets.commitTaken(10n)
    expect(offsets.hasUncommitted).toBe(false)
    expect(offsets.committed).toBe(10n)
  })

  test('any cutting of a log into batches and ranges tiles it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (lengths) => {
        const offsets = new Offsets(0n)
        let first = 0
        for (const length of lengths) {
          const part = batch(Math.max(0, first - 2), first + length - 1)
          const { from, to, lastOffset } = offsets.wanted(part)
          expect(part.records.slice(from, to).map(({ offset }) => Number(offset))).toEqual(
            Array.from({ length }, (_, i) => first + i),
          )
          offsets.passed(lastOffset)
          first += length
        }
      }),
    )
  })
})

test('lag is what lies between the committed offset and the end, and never below 0', () => {
  expect(lagOf(10n, 4n)).toBe(6n)
  expect(lagOf(10n, 12n)).toBe(0n)
  expect(lagOf(10n, undefined)).toBe(10n)
})
