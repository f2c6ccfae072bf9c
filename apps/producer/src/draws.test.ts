import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Draw, emulatedDraws, randomDraws, shuffledDraws } from './draws.ts'

const shared = process.env['SHARED'] ?? join(import.meta.dirname, '../../../../shared')
const fixture = join(shared, 'data/pinterest/seed100_sequence.json')
const sequence = z.object({ sleep: z.array(z.number()), row: z.array(z.number()) })

function take(count: number, draws: Iterator<Draw, undefined>): Draw[] {
  return Array.from({ length: count }, () => draws.next().value!)
}

describe('emulatedDraws', () => {
  it.skipIf(!existsSync(fixture))(
    'draws the 3,000 pauses and rows of the fixture (needs ../shared/data/pinterest beside the checkout)',
    () => {
      const expected = sequence.parse(JSON.parse(readFileSync(fixture, 'utf8')))
      const draws = take(3000, emulatedDraws(100))
      expect(expected.row).toHaveLength(3000)
      expect(draws.map((draw) => draw.index)).toEqual(expected.row)
      expect(draws.map((draw) => draw.pauseMs / 1000)).toEqual(expected.sleep)
    },
  )

  it('begins with the emulator’s first draws: no pause, then row 7528', () => {
    expect(emulatedDraws(100).next().value).toEqual({ index: 7528, pauseMs: 0 })
  })
})

describe('shuffledDraws', () => {
  it('gives every index of the range once', () => {
    const indexes = Array.from(shuffledDraws(5, { first: -10, last: 989 }), (draw) => draw.index)
    expect(indexes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, n) => n - 10))
    expect(indexes).not.toEqual(indexes.toSorted((a, b) => a - b))
  })

  it('takes a range of one', () => {
    expect([...shuffledDraws(5, { first: 7, last: 7 })]).toEqual([{ index: 7, pauseMs: 0 }])
  })
})

describe('randomDraws', () => {
  it('repeats indexes, reaches both ends and nothing beyond', () => {
    const indexes = take(1000, randomDraws(5, { first: 3, last: 12 })).map((draw) => draw.index)
    expect(new Set(indexes)).toEqual(new Set([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))
  })
})
