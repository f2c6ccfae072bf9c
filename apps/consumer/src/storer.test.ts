import { describe, expect, test } from 'vitest'
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import { PartitionHalt } from './chain/halt.ts'
import { MemoryBudget } from './memory-budget.ts'
import { prepareRange } from './prepared-range.ts'
import { storeRange, type StoredRange } from './storer.ts'
import { dataKey, MemoryStore, record } from './testing/records.ts'
import { sealedRange } from './testing/sealed-range.ts'

const budget = new MemoryBudget(1 << 24)
const always = { isFresh: () => true, renew: () => Promise.reject(new Error('nobody asked for this')) }

async function store(to: MemoryStore, records: readonly FetchedRecord[]): Promise<StoredRange> {
  using prepared = await prepareRange(sealedRange(records, { budget, end: 9n }), 0, budget)
  return await storeRange(to, prepared, always)
}

describe('storing a range', () => {
  test('creates the data object and the dead letters of the range, with its facts', async () => {
    const lake = new MemoryStore()
    const stored = await store(lake, [record(0), record(1), record(2, '{')])
    const [data, dead] = [dataKey(0, 9), dataKey(0, 9).replace('topics/', 'dead/')]
    expect(lake.keys).toEqual([dead, data])
    const bytes = 16 + lake.objects.get(dead)!.bytes.length
    expect(stored).toEqual({ objects: 1, deadObjects: 1, bytes, contentBytes: bytes })
    expect(lake.objects.get(data)?.object).toMatchObject({
      contentType: 'application/x-ndjson',
      facts: { start: '0', end: '9', records: '2' },
    })
    expect(budget.usedBytes).toBe(0)
  })

  test('a range without records makes no object', async () => {
    const lake = new MemoryStore()
    expect(await store(lake, [])).toEqual({ objects: 0, deadObjects: 0, bytes: 0, contentBytes: 0 })
    expect(lake.keys).toEqual([])
  })

  test('an object that is there with the same content is stored; with other content it is named, and left alone', async () => {
    const lake = new MemoryStore()
    await store(lake, [record(0, '1')])
    await store(lake, [record(0, '1')])
    const storing = store(lake, [record(0, '2')])
    await expect(storing).rejects.toThrow(PartitionHalt)
    await expect(storing).rejects.toThrow(`memory:lake/${dataKey(0, 9)} is there already, with other content`)
    expect(lake.text(dataKey(0, 9))).toBe('1\n')
    expect(budget.usedBytes).toBe(0)
  })

  test('gives the memory back when the store fails', async () => {
    const lake = new MemoryStore(() => Promise.reject(new Error('down')))
    await expect(store(lake, [record(0), record(1, '{')])).rejects.toThrow('down')
    expect(budget.usedBytes).toBe(0)
  })
})
