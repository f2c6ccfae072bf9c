import { describe, expect, test } from 'vitest'
import { digestOfRecord } from './chain/record-digest.ts'
import { MemoryBudget } from './memory-budget.ts'
import { OpenRange } from './range.ts'
import { cursorOf } from '@pinpipe/kafka/record-cursor'
import type { RecordCursor } from '@pinpipe/kafka/record-consumer'
import { encodingWith } from './testing/encodings.ts'
import { at, batch, record } from './testing/records.ts'
import { sealedRange } from './testing/sealed-range.ts'
import type { Limits } from './triggers.ts'

const lineBytes = '{"n":0}\n'.length

function open(limits: Partial<Limits> = {}, budget = new MemoryBudget(1 << 20)): OpenRange {
  return new OpenRange({
    at,
    start: 0n,
    limits: { maxRecords: undefined, maxBytes: 1 << 20, maxAgeMs: 1, ...limits },
    encoding: encodingWith(),
    budget,
    plannedAtMs: 0,
  })
}

function cursor(...records: ReturnType<typeof record>[]): RecordCursor {
  return cursorOf(records)
}

describe('an open range', () => {
  test('takes all records and ends at the last one', () => {
    const range = open()
    const { records } = batch(0, 4)
    range.append(records)
    expect(records.record).toBeUndefined()
    expect(range.blockedBy).toBeUndefined()
    expect(range.seal('age')).toMatchObject({ start: 0n, end: 4n, records: 5, trigger: 'age' })
  })

  test('stops at its records, in the middle of a batch, and leaves the rest in the cursor', () => {
    const range = open({ maxRecords: 3 })
    const { records } = batch(0, 4)
    range.append(records)
    expect(range.blockedBy).toBe('records')
    expect(range.end).toBe(2n)
    expect(records.record?.offset).toBe(3n)
    range.append(records)
    expect(range.end).toBe(2n)
  })

  test('stops before its content would be larger than the cap', () => {
    const range = open({ maxBytes: 3 * lineBytes })
    const { records } = batch(0, 4)
    range.append(records)
    expect(range.blockedBy).toBe('bytes')
    expect([range.end, range.bytes, records.record?.offset]).toEqual([2n, 3 * lineBytes, 3n])
  })

  test('stops before the offset it is given', () => {
    const range = open()
    const { records } = batch(0, 4)
    range.append(records, 3n)
    expect([range.end, range.blockedBy, records.record?.offset]).toEqual([2n, undefined, 3n])
  })

  test('takes a single record that is larger than the cap', () => {
    const range = open({ maxBytes: 2 })
    range.append(cursor(record(0), record(1)))
    expect(range.end).toBe(0n)
  })

  test('stops when the memory is used up, and goes on when there is some', () => {
    const budget = new MemoryBudget(64 * 1024)
    const chunk = budget.takeChunk(64 * 1024, 0)!
    const range = open({}, budget)
    const records = cursor(record(0))
    range.append(records)
    expect(range.blockedBy).toBe('memory')
    expect(range.seal('memory')).toBeUndefined()
    budget.giveChunk(chunk)
    range.append(records)
    expect([range.end, range.blockedBy]).toEqual([0n, undefined])
  })

  test('what cannot be a line becomes a dead letter of the same range, and is counted by reason', () => {
    const range = open()
    range.append(cursor(record(0), record(1, '{'), record(2, ''), record(3, '[')))
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
    dead.append(cursor(record(0, '{')))
    expect(dead.seal('age')!.files.map(({ kind }) => kind)).toEqual(['dead'])
    const empty = open()
    empty.extendTo(9n)
    expect(empty.seal('age')).toMatchObject({ start: 0n, end: 9n, files: [], records: 0, tail: undefined })
  })

  test('leaves tombstones out, rejects them or writes them; they are in the range all the same', () => {
    const digests = (['write', 'skip', 'dead'] as const).map((nullValues) => {
      const range = sealedRange([record(0), record(1, null)], { nullValues })
      const files = range.files.map(({ kind, records }) => [kind, records])
      expect([range.end, range.records, range.skipped]).toEqual([1n, 2, nullValues === 'skip' ? 1 : 0])
      expect(files).toEqual(
        {
          write: [['data', 2]],
          skip: [['data', 1]],
          dead: [
            ['data', 1],
            ['dead', 1],
          ],
        }[nullValues],
      )
      return range.digest
    })
    expect(new Set(digests).size).toBe(1)
    expect(sealedRange([record(0, null)], { nullValues: 'skip' })).toMatchObject({
      files: [],
      records: 1,
      skipped: 1,
    })
  })

  test('has no file for a folder whose only record found no memory', () => {
    const budget = new MemoryBudget(64 * 1024)
    const range = open({}, budget)
    range.append(cursor(record(0, '{'), record(1, `"${'x'.repeat(70_000)}"`)))
    expect(range.blockedBy).toBe('memory')
    expect(range.seal('memory')!.files.map(({ kind }) => kind)).toEqual(['dead'])
  })

  test('remembers its last record, dead letters included: the chain proves the log by it', () => {
    const range = open()
    range.append(cursor(record(0), record(1, '{')))
    expect(range.last).toEqual({
      offset: 1n,
      timestamp: 1_598_586_767_000n,
      digest: digestOfRecord(record(1, '{')),
    })
    expect(range.seal('age')!.tail).toEqual(range.last)
  })

  test('dropped, it gives its memory back', () => {
    const budget = new MemoryBudget(1 << 20)
    const range = open({}, budget)
    range.append(cursor(record(0), record(1, '{')))
    expect(budget.usedBytes).toBeGreaterThan(0)
    range.drop()
    expect(budget.usedBytes).toBe(0)
  })
})
