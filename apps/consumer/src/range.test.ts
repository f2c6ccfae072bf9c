import { describe, expect, test } from 'vitest'
import { encoderOf } from './format/encoder.ts'
import { MemoryBudget } from './memory-budget.ts'
import { OpenRange } from './range.ts'
import { checkedJson } from './format/record-check.ts'
import { at, batch, record } from './testing/records.ts'
import type { Limits } from './triggers.ts'

const lineBytes = '{"n":0}\n'.length

function open(limits: Partial<Limits> = {}, budget = new MemoryBudget(1 << 20)): OpenRange {
  return new OpenRange({
    at,
    start: 0n,
    limits: { maxRecords: undefined, maxBytes: 1 << 20, maxAgeMs: 1, ...limits },
    encode: encoderOf('json', at, checkedJson),
    budget,
  })
}

describe('an open range', () => {
  test('takes all records and ends at the last one', () => {
    const range = open()
    expect(range.append(batch(0, 4).records, 0, 5)).toBe(5)
    expect(range.seal('age')).toMatchObject({ start: 0n, end: 4n, records: 5, trigger: 'age' })
  })

  test('stops at its records, in the middle of a batch', () => {
    const range = open({ maxRecords: 3 })
    expect(range.append(batch(0, 4).records, 0, 5)).toBe(3)
    expect(range.blockedBy).toBe('records')
    expect(range.end).toBe(2n)
    expect(range.append(batch(0, 4).records, 3, 5)).toBe(3)
  })

  test('stops before its content would be larger than the cap', () => {
    const range = open({ maxBytes: 3 * lineBytes })
    expect(range.append(batch(0, 4).records, 0, 5)).toBe(3)
    expect(range.blockedBy).toBe('bytes')
    expect(range.bytes).toBe(3 * lineBytes)
  })

  test('takes a single record that is larger than the cap', () => {
    const range = open({ maxBytes: 2 })
    expect(range.append([record(0), record(1)], 0, 2)).toBe(1)
  })

  test('stops when the memory is used up, and goes on when there is some', () => {
    const budget = new MemoryBudget(64 * 1024)
    const chunk = budget.takeChunk(1, 0)!
    const range = open({}, budget)
    expect(range.append([record(0)], 0, 1)).toBe(0)
    expect(range.blockedBy).toBe('memory')
    expect(range.seal('memory')).toBeUndefined()
    budget.giveChunk(chunk)
    expect(range.append([record(0)], 0, 1)).toBe(1)
    expect(range.blockedBy).toBeUndefined()
  })

  test('what cannot be a line becomes a dead letter of the same range, and is counted by reason', () => {
    const range = open()
    range.append([record(0), record(1, '{'), record(2, ''), record(3, '[')], 0, 4)
    const sealed = range.seal('records')!
    expect(sealed.records).toBe(4)
    expect(sealed.files.map(({ kind, records }) => [kind, records])).toEqual([
      ['data', 1],
      ['dead', 3],
    ])
    expect(Object.fromEntries(sealed.rejected)).toEqual({ 'not-json': 2, 'no-value': 1 })
    const dead = Buffer.concat(sealed.files[1]!.content.chunks()).toString().trimEnd().split('\n')
    expect(dead.map((line) => (JSON.parse(line) as { offset: number }).offset)).toEqual([1, 2, 3])
  })

  test('a range of dead letters only has no data object; one without records has no object at all', () => {
    const dead = open()
    dead.append([record(0, '{')], 0, 1)
    expect(dead.seal('age')!.files.map(({ kind }) => kind)).toEqual(['dead'])
    const empty = open()
    empty.extendTo(9n)
    expect(empty.seal('age')).toMatchObject({ start: 0n, end: 9n, files: [], records: 0 })
  })

  test('dropped, it gives its memory back', () => {
    const budget = new MemoryBudget(1 << 20)
    const range = open({}, budget)
    range.append([record(0), record(1, '{')], 0, 2)
    expect(budget.usedBytes).toBeGreaterThan(0)
    range.drop()
    expect(budget.usedBytes).toBe(0)
  })
})
