import { describe, expect, test } from 'vitest'
import { startPipeline } from '../testing/pipeline.ts'
import { at, batch, dataKey, HandClock, MemoryStore, turns } from '../testing/records.ts'
import { Chains } from './chains.ts'
import { beginEpoch, skipTo } from './operator-acts.ts'

const log = (low: number, high: number, topicId?: string) => ({
  low: BigInt(low),
  high: BigInt(high),
  topicId,
})

function actOn(store: MemoryStore) {
  const clock = new HandClock()
  return { chains: new Chains(store, clock), clock, reason: 'because', who: 'me' }
}

/** A run that has stored 0…2 and holds 3 and 4. */
async function running(store: MemoryStore, topicId: string) {
  const run = startPipeline({
    store,
    log: log(0, 1_000, topicId),
    limits: { maxRecords: 3, maxAgeMs: 1_000 },
  })
  await run.assign(0)
  await run.pipeline.batch(batch(0, 4))
  await turns()
  return run
}

describe('skip', () => {
  test('is a link: a run that holds these records loses them, and goes on behind', async () => {
    const store = new MemoryStore()
    const run = await running(store, 'a')
    expect(await skipTo(at, 10n, log(0, 1_000), actOn(store))).toEqual({ start: 3n, end: 9n })
    await run.clock.advance(1_000)
    expect(run.group.seeks).toEqual(['0:2'])
    await run.pipeline.batch(batch(2, 12))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2), dataKey(10, 12)])
  })

  test('refuses what is stored, what is not there, and what is being stored', async () => {
    const store = new MemoryStore()
    await expect(skipTo(at, 10n, log(0, 1_000), actOn(store))).rejects.toThrow('has no chain')
    await running(store, 'a')
    await expect(skipTo(at, 3n, log(0, 1_000), actOn(store))).rejects.toThrow('stored up to offset 2')
    await expect(skipTo(at, 20n, log(0, 10), actOn(store))).rejects.toThrow('ends at 10')
    store.objects.delete(dataKey(0, 2))
    await expect(skipTo(at, 10n, log(0, 1_000), actOn(store))).rejects.toThrow('not finished')
  })
})

describe('a new epoch', () => {
  test('begins at the start of the new log, under names of its own', async () => {
    const store = new MemoryStore()
    await running(store, 'old')
    const begun = await beginEpoch(at, log(0, 2, 'new'), actOn(store))
    expect(begun).toEqual({ kind: 'begun', epoch: 1, start: 0n, unfinished: 0 })
    const run = startPipeline({ store, log: log(0, 2, 'new'), limits: { maxRecords: 2 } })
    expect(await run.assign(0)).toEqual(new Map([['t/0', 0n]]))
    await run.pipeline.batch(batch(0, 1, { valueAt: () => '"new"' }))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2), dataKey(0, 1, 0, '.json', 't', 't@1')])
  })

  test('fences the old one: a run that is still in it stores nothing more there', async () => {
    const store = new MemoryStore()
    const zombie = await running(store, 'old')
    await beginEpoch(at, log(0, 9, 'new'), actOn(store))
    await zombie.clock.advance(1_000)
    expect(zombie.pipeline.halted.get('t/0')).toMatchObject({ code: 'TOPIC_CHANGED' })
    expect(store.keys).toEqual([dataKey(0, 2)])
  })

  test('leaves a chain alone that is of the topic that is there now', async () => {
    const store = new MemoryStore()
    await running(store, 'same')
    expect(await beginEpoch(at, log(0, 9, 'same'), actOn(store))).toEqual({ kind: 'unchanged', epoch: 0 })
    expect(await beginEpoch(at, log(0, 9, 'new'), actOn(store))).toMatchObject({ kind: 'begun', epoch: 1 })
    expect(await beginEpoch(at, log(0, 9, 'new'), actOn(store))).toEqual({ kind: 'unchanged', epoch: 1 })
  })

  test('is refused where the ids of topics are not told: records of the new topic may be stored already', async () => {
    const store = new MemoryStore()
    await running(store, 'old')
    await expect(beginEpoch(at, log(0, 9), actOn(store))).rejects.toThrow('does not tell the ids of topics')
  })

  test('counts the files of the old topic that were claimed and never stored', async () => {
    const store = new MemoryStore()
    await running(store, 'old')
    store.objects.delete(dataKey(0, 2))
    expect(await beginEpoch(at, log(0, 9, 'new'), actOn(store))).toMatchObject({ unfinished: 1 })
  })
})
