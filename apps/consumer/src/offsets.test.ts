import * as fc from 'fast-check'
import { recordsOf } from '@pinpipe/kafka/record-cursor'
import { describe, expect, test } from 'vitest'
import { lagOf, Offsets } from './offsets.ts'
import { at, batch } from './testing/records.ts'

/** What is left of the batch for these offsets. */
function wanted(offsets: Offsets, first: number, last: number): number[] {
  const { records } = batch(first, last)
  offsets.skipTaken(records)
  return Array.from(recordsOf(records), ({ offset }) => Number(offset))
}

describe('the offsets of a partition', () => {
  test('a range starts where the one before ended, also when the log has a gap there', () => {
    const offsets = new Offsets(3n)
    offsets.passed(9n)
    expect(wanted(offsets, 20, 22)).toEqual([20, 21, 22])
    expect(offsets.next).toBe(10n)
  })

  test('records below the position, delivered again, are passed over (K8)', () => {
    const offsets = new Offsets(5n)
    expect(wanted(offsets, 0, 7)).toEqual([5, 6, 7])
    offsets.passed(9n)
    expect(wanted(offsets, 0, 9)).toEqual([])
  })

  test('the position never goes back', () => {
    const offsets = new Offsets(5n)
    offsets.passed(9n)
    offsets.passed(6n)
    expect(offsets.next).toBe(10n)
  })

  test('at its target, nothing more is wanted from the log', () => {
    const offsets = new Offsets(0n, 4n)
    offsets.passed(2n)
    expect(offsets.isAtTarget).toBe(false)
    offsets.passed(3n)
    expect(offsets.isAtTarget).toBe(true)
    expect(new Offsets(9n).isAtTarget).toBe(false)
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

  test('any cutting of a log into batches, each delivering some offsets again, tiles it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (lengths) => {
        const offsets = new Offsets(0n)
        let first = 0
        for (const length of lengths) {
          const last = first + length - 1
          expect(wanted(offsets, Math.max(0, first - 2), last)).toEqual(
            Array.from({ length }, (_, i) => first + i),
          )
          offsets.passed(BigInt(last))
          first += length
        }
      }),
    )
  })
})

test('lag is what lies between what is stored and the end, and never below 0', () => {
  expect(lagOf(10n, 4n)).toBe(6n)
  expect(lagOf(10n, 12n)).toBe(0n)
})
