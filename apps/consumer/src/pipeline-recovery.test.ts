import { describe, expect, test } from 'vitest'
import { Chains } from './chain/chains.ts'
import { abandonKey, chainPrefix, genesisKey, linkKey } from './chain/chain-keys.ts'
import { decodeGenesis, decodeLink, type RangeLink } from './chain/link.ts'
import { MemoryBudget } from './memory-budget.ts'
import { Gate, startPipeline } from './testing/pipeline.ts'
import { at, batch, dataKey, MemoryStore, turns } from './testing/records.ts'

const place = { topic: 't', partition: 0, epoch: 0 }

async function linkAt(store: MemoryStore, start: bigint) {
  return decodeLink((await store.read(linkKey(place, start)))!)
}

/** A store in which a run claimed 0…2 and died before it had stored the file. */
async function claimedOnly(): Promise<MemoryStore> {
  const store = new MemoryStore()
  const gate = new Gate()
  const dying = new MemoryStore(gate.pass, store.objects)
  const run = startPipeline({ store: dying, limits: { maxRecords: 3 } })
  await run.assign(0)
  await run.pipeline.batch(batch(0, 2))
  await turns()
  expect(gate.waiting).toEqual([dataKey(0, 2)])
  return store
}

const big = (): string => JSON.stringify('x'.repeat(100_000))

/** A store in which 0…2 are stored. */
async function stored(): Promise<MemoryStore> {
  const store = new MemoryStore()
  const run = startPipeline({ store, limits: { maxRecords: 3 } })
  await run.assign(0)
  await run.pipeline.batch(batch(0, 2))
  await turns()
  return store
}

describe('a chain', () => {
  test('begins once, with where it starts and why; every range is a link before it is an object', async () => {
    const store = new MemoryStore((object) => {
      expect(object.key).toBe(dataKey(0, 1))
      expect(store.objects.has(linkKey(place, 0n))).toBe(true)
    })
    const { pipeline, assign } = startPipeline({ store, limits: { maxRecords: 2 } })
    await assign(0)
    await pipeline.batch(batch(0, 1))
    await turns()
    expect(decodeGenesis((await store.read(genesisKey(place)))!)).toMatchObject({
      start: 0n,
      from: 'earliest',
    })
    expect(await linkAt(store, 0n)).toMatchObject({
      kind: 'range',
      start: 0n,
      end: 1n,
      records: 2,
      tail: { offset: 1n },
      files: [{ key: dataKey(0, 1), records: 2, first: 0n, last: 1n, bytes: 16 }],
      dead: null,
    })
  })

  test('lists its latest link first', async () => {
    const { pipeline, assign, store } = startPipeline({ limits: { maxRecords: 1 } })
    await assign(0)
    for (let offset = 0; offset < 12; offset++) {
      await pipeline.batch(batch(offset, offset))
      await turns()
    }
    const [latest] = await Array.fromAsync(store.list(chainPrefix(place), 1))
    expect(latest).toBe(linkKey(place, 11n))
  })

  test('a second run goes on behind it, whatever is committed (R6)', async () => {
    const store = new MemoryStore()
    const first = startPipeline({ store, limits: { maxRecords: 3 } })
    await first.assign(0)
    await first.pipeline.batch(batch(0, 2))
    await turns()
    for (const offset of [0n, 1n, 900n]) {
      const next = startPipeline({ store, committed: new Map([[0, offset]]) })
      expect(await next.assign(0)).toEqual(new Map([['t/0', 2n]]))
    }
  })

  test('two first starters with different ideas of the start agree (R1)', async () => {
    const store = new MemoryStore()
    const one = startPipeline({ store, committed: new Map([[0, 5n]]) })
    const other = startPipeline({ store })
    expect(await one.assign(0)).toEqual(new Map([['t/0', 5n]]))
    expect(await other.assign(0)).toEqual(new Map([['t/0', 5n]]))
  })
})

describe('recovery', () => {
  test('a range that was claimed and not stored is read again and stored under its name, before anything else', async () => {
    const store = await claimedOnly()
    const { pipeline, assign, drain, ended, group } = startPipeline({ store, limits: { maxRecords: 2 } })
    expect(await assign(0)).toEqual(new Map([['t/0', 0n]]))
    await pipeline.batch(batch(0, 4))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2), dataKey(3, 4)])
    expect(store.text(dataKey(0, 2))).toBe('{"n":0}\n{"n":1}\n{"n":2}\n')
    drain.abort()
    await ended
    expect(group.commits).toEqual(['0:3', '0:5'])
  })

  test('it may come in several batches, with control records at its end', async () => {
    const store = new MemoryStore()
    const dying = new MemoryStore(() => new Promise(() => undefined), store.objects)
    const run = startPipeline({ store: dying, limits: { maxAgeMs: 100 } })
    await run.assign(0)
    await run.pipeline.batch({ ...batch(0, 2), lastOffset: 4n })
    await run.clock.advance(100)
    const { pipeline, assign, clock } = startPipeline({ store, limits: { maxAgeMs: 100 } })
    await assign(0)
    await pipeline.batch(batch(0, 1))
    await clock.advance(1_000)
    expect(store.keys).toEqual([])
    await pipeline.batch(batch(2, 2))
    await pipeline.skipped({ topic: 't', partition: 0, nextOffset: 9n })
    await clock.advance(1_000)
    expect(store.keys).toEqual([dataKey(0, 4)])
    expect(await linkAt(store, 5n)).toMatchObject({ start: 5n, end: 8n, files: [], tail: { offset: 2n } })
  })

  test('the records of a claimed range that are not the same any more halt the partition', async () => {
    const store = await claimedOnly()
    const { pipeline, assign } = startPipeline({ store })
    await assign(0)
    await pipeline.batch(batch(0, 2, { valueAt: (offset) => `{"m":${offset}}` }))
    await turns()
    expect(store.keys).toEqual([])
    expect(pipeline.halted.get('t/0')).toMatchObject({ code: 'TOPIC_CHANGED' })
  })

  test('its memory may go beyond the budget: its size was another run’s choice', async () => {
    const store = new MemoryStore()
    const dying = new MemoryStore(() => new Promise(() => undefined), store.objects)
    const run = startPipeline({ store: dying, limits: { maxRecords: 10 } })
    await run.assign(0)
    await run.pipeline.batch(batch(0, 9, { valueAt: big }))
    await turns()
    const budget = new MemoryBudget(256 * 1024)
    const { pipeline, assign } = startPipeline({ store, budget })
    await assign(0)
    await pipeline.batch(batch(0, 9, { valueAt: big }))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 9)])
    expect(budget.usedBytes).toBe(0)
  })
})

describe('a claim that is lost', () => {
  test('drops what was read and goes on where the winner’s chain ends', async () => {
    const store = new MemoryStore()
    const zombie = startPipeline({ store, limits: { maxAgeMs: 1_000 } })
    await zombie.assign(0)
    await zombie.pipeline.batch(batch(0, 1))
    const owner = startPipeline({ store, limits: { maxRecords: 4 } })
    await owner.assign(0)
    await owner.pipeline.batch(batch(0, 3))
    await turns()
    await zombie.clock.advance(1_000)
    expect(zombie.group.seeks).toEqual(['0:3'])
    expect(zombie.budget.usedBytes).toBe(0)
    await zombie.pipeline.batch(batch(3, 5))
    await zombie.clock.advance(1_000)
    expect(store.keys).toEqual([dataKey(0, 3), dataKey(4, 5)])
    await owner.pipeline.batch(batch(4, 7))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 3), dataKey(4, 5)])
    expect(owner.group.seeks).toEqual(['0:5'])
  })

  test('a first answer that was lost is not taken for another writer', async () => {
    const store = new MemoryStore()
    const original = store.create.bind(store)
    let lost = 0
    store.create = async (object) => {
      const outcome = await original(object)
      if (outcome !== 'created' || !object.key.startsWith('_chain/t@0/0/9')) return outcome
      lost++
      return await original(object)
    }
    const { pipeline, assign, group } = startPipeline({ store, limits: { maxRecords: 2 } })
    await assign(0)
    await pipeline.batch(batch(0, 3))
    await turns()
    expect(lost).toBe(2)
    expect(store.keys).toEqual([dataKey(0, 1), dataKey(2, 3)])
    expect(group.seeks).toEqual([])
  })
})

describe('a view that is old (R3)', () => {
  const tenMinutes = 10 * 60_000

  test('is renewed before a claim, and a claim by it that came too late is not sent', async () => {
    const store = new MemoryStore()
    const sleeper = startPipeline({ store, limits: { maxAgeMs: 2 * tenMinutes } })
    await sleeper.assign(0)
    await sleeper.pipeline.batch(batch(0, 1))
    const owner = startPipeline({ store, limits: { maxRecords: 4 } })
    await owner.assign(0)
    await owner.pipeline.batch(batch(0, 3))
    await turns()
    // The link was collected meanwhile: its name is free, and only the look at the chain says that it was there.
    await owner.pipeline.batch(batch(4, 7))
    await turns()
    store.objects.delete(linkKey(place, 0n))
    await sleeper.clock.advance(2 * tenMinutes)
    expect(store.objects.has(linkKey(place, 0n))).toBe(false)
    expect(store.keys).toEqual([dataKey(0, 3), dataKey(4, 7)])
    expect(sleeper.group.seeks).toEqual(['0:7'])
  })

  test('is good enough as long as the chain has not moved', async () => {
    const { pipeline, assign, store, clock } = startPipeline({ limits: { maxAgeMs: 2 * tenMinutes } })
    await assign(0)
    await pipeline.batch(batch(0, 1))
    await clock.advance(2 * tenMinutes)
    expect(store.keys).toEqual([dataKey(0, 1)])
  })
})

describe('the log', () => {
  test('that ends before the frontier halts the partition before any write', async () => {
    const store = await stored()
    const { assign, pipeline, group } = startPipeline({ store, log: { low: 0n, high: 2n } })
    await assign(0)
    expect(pipeline.halted.get('t/0')).toMatchObject({ code: 'TOPIC_CHANGED', exitCode: 3 })
    expect([...group.paused]).toEqual(['t/0'])
  })

  test('of another topic of the same name halts the partition before any write, also when nothing else tells', async () => {
    const store = new MemoryStore()
    const log = { low: 0n, high: 1_000n }
    const run = startPipeline({ store, log: { ...log, topicId: 'first' }, limits: { maxRecords: 3 } })
    await run.assign(0)
    await run.pipeline.batch(batch(0, 2))
    await turns()
    const same = startPipeline({ store, log: { ...log, low: 9n, topicId: 'first' }, onSourceGap: 'record' })
    expect(await same.assign(0)).toEqual(new Map([['t/0', 9n]]))
    const chains = new Chains(store, same.clock)
    expect(await chains.storedUpTo(at, 'first')).toBe(9n)
    expect(await chains.storedUpTo(at, 'second')).toBeUndefined()
    const anew = startPipeline({ store, log: { ...log, low: 9n, topicId: 'second' }, onSourceGap: 'record' })
    await anew.assign(0)
    expect(anew.pipeline.halted.get('t/0')).toMatchObject({
      code: 'TOPIC_CHANGED',
      message: expect.stringContaining('first') as string,
    })
  })

  test('whose record at the tail is another one halts the partition before any write', async () => {
    const store = await stored()
    const { assign, pipeline } = startPipeline({ store, limits: { maxRecords: 1 } })
    await assign(0)
    await pipeline.batch(batch(2, 9, { valueAt: () => '"made anew"' }))
    await turns()
    expect(pipeline.halted.get('t/0')).toMatchObject({ code: 'TOPIC_CHANGED' })
    expect(store.keys).toEqual([dataKey(0, 2)])
  })

  test('without the tail’s record is another one, unless it is compacted', async () => {
    for (const isCompacted of [false, true]) {
      const store = await stored()
      const { assign, pipeline } = startPipeline({ store, isCompacted, limits: { maxRecords: 2 } })
      await assign(0)
      await pipeline.skipped({ topic: 't', partition: 0, nextOffset: 3n })
      await pipeline.batch(batch(3, 4))
      await turns()
      expect(pipeline.halted.has('t/0')).toBe(!isCompacted)
      expect(store.keys).toEqual(isCompacted ? [dataKey(0, 2), dataKey(3, 4)] : [dataKey(0, 2)])
    }
  })

  test('that begins after the frontier halts the partition, and says which offsets are missing', async () => {
    const store = await stored()
    const { assign, pipeline } = startPipeline({ store, log: { low: 8n, high: 20n } })
    await assign(0)
    expect(pipeline.halted.get('t/0')).toMatchObject({
      code: 'SOURCE_GAP',
      message: expect.stringContaining('the offsets 3 to 7 of topic t, partition 0') as string,
    })
  })

  test('with --on-source-gap record, a link says what was given up, and the chain goes on behind it', async () => {
    const store = await stored()
    const log = { low: 8n, high: 20n }
    const { assign, pipeline } = startPipeline({
      store,
      log,
      onSourceGap: 'record',
      limits: { maxRecords: 2 },
    })
    expect(await assign(0)).toEqual(new Map([['t/0', 8n]]))
    expect(await linkAt(store, 3n)).toMatchObject({ kind: 'gap', start: 3n, end: 7n, tail: { offset: 2n } })
    await pipeline.batch(batch(8, 9))
    await turns()
    expect(store.keys).toEqual([dataKey(0, 2), dataKey(8, 9)])
  })
})

test('a claim whose records are gone is given up whole where the operator wants that, and the chain goes on behind it', async () => {
  const store = await claimedOnly()
  const log = { low: 2n, high: 1_000n }
  const halting = startPipeline({ store, log })
  await halting.assign(0)
  expect(halting.pipeline.halted.get('t/0')).toMatchObject({ code: 'SOURCE_GAP' })
  const { pipeline, assign } = startPipeline({ store, log, onSourceGap: 'record', limits: { maxRecords: 2 } })
  // The claim's last record is still there, and proves that the log is the one it was made for.
  expect(await assign(0)).toEqual(new Map([['t/0', 2n]]))
  expect(decodeLink((await store.read(abandonKey(place, 0n)))!)).toMatchObject({
    kind: 'gap',
    start: 0n,
    end: 2n,
  })
  await pipeline.batch(batch(2, 4))
  await turns()
  expect(store.keys).toEqual([dataKey(3, 4)])
})

test('a link that was collected between its listing and its reading is looked for again', async () => {
  const store = await stored()
  const read = store.read.bind(store)
  let misses = 0
  store.read = async (key) => (key.startsWith('_chain/t@0') && misses++ < 2 ? undefined : await read(key))
  expect(await startPipeline({ store }).assign(0)).toEqual(new Map([['t/0', 2n]]))
  expect(misses).toBe(3)
})

test('a finisher uses the settings and the planning time of the claim, not its own', async () => {
  const store = await claimedOnly()
  const link = (await linkAt(store, 0n)) as RangeLink
  const run = startPipeline({ store, compression: 'gzip', limits: { maxRecords: 2 } })
  await run.assign(0)
  await run.pipeline.batch(batch(0, 4))
  run.drain.abort()
  await run.ended
  expect(store.keys).toEqual([dataKey(0, 2), dataKey(3, 4, 0, '.json.gz')])
  expect((await linkAt(store, 3n)) as RangeLink).not.toMatchObject({ config: link.config })
})
