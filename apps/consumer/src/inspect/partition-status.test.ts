import { expect, test } from 'vitest'
import { genesisKey, linkKey } from '../chain/chain-keys.ts'
import { decodeLink, encodeLink, type RangeLink } from '../chain/link.ts'
import { openMemory, wholeLake } from '../testing/mutilations.ts'
import { dataKey, HandClock, type MemoryStore } from '../testing/records.ts'
import { statusOf, type PartitionStatus } from './partition-status.ts'

const place = { topic: 't', epoch: 0, partition: 0 }
const log = { topic: 't', partition: 0, low: 0n, high: 20n, topicId: undefined }

async function status(
  store: MemoryStore,
  logs?: readonly (typeof log)[],
): Promise<readonly PartitionStatus[]> {
  return await statusOf(store, {
    topics: undefined,
    clock: new HandClock(),
    counts: true,
    logsOf: logs && (() => Promise.resolve(logs)),
  })
}

test('a partition has its frontier, its records and the time of its latest range', async () => {
  expect(await status(await wholeLake())).toMatchObject(
    [0, 1].map((partition) => ({
      topic: 't',
      partition,
      epoch: 0,
      frontier: 12n,
      records: 12,
      latestAtMs: 1_700_000_000_000,
      unfinished: 0,
      state: 'ok',
      lag: undefined,
    })),
  )
})

test('objects that are claimed and not stored are unfinished', async () => {
  const store = await wholeLake()
  await openMemory(store).remove(dataKey(8, 11, 0, '.json.gz'))
  expect((await status(store))[0]).toMatchObject({ unfinished: 1, state: 'unfinished' })
})

test('with the log there is a lag, and partitions that nothing is stored of', async () => {
  const partitions = await status(await wholeLake(), [
    log,
    { ...log, partition: 1, high: 12n },
    { ...log, partition: 2 },
  ])
  expect(partitions.map(({ partition, lag, state }) => [partition, lag, state])).toEqual([
    [0, 8n, 'ok'],
    [1, 0n, 'ok'],
    [2, 20n, 'not-begun'],
  ])
})

test('what would halt a consumer is the state', async () => {
  const store = await wholeLake()
  const states = async (...logs: (typeof log)[]): Promise<unknown[]> =>
    (await status(store, logs)).map(({ state }) => state)
  expect(await states({ ...log, low: 15n }, { ...log, partition: 1, high: 3n })).toEqual([
    'SOURCE_GAP',
    'TOPIC_CHANGED',
  ])
  await openMemory(store).put(linkKey(place, 8n), Buffer.from('{}'))
  expect(await states(log)).toEqual(['FOREIGN_CHAIN', 'ok'])
})

test('a chain that was ended waits for the next epoch, which counts once it has begun', async () => {
  const store = await wholeLake()
  const lake = openMemory(store)
  const { topic, epoch, partition, topicId, nonce, plannedAt } = decodeLink(
    await lake.get(linkKey(place, 8n)),
  ) as RangeLink
  const end = {
    version: 1,
    topic,
    epoch,
    partition,
    topicId,
    nonce,
    plannedAt,
    start: 12n,
    end: 12n,
  } as const
  await lake.put(linkKey(place, 12n), encodeLink({ ...end, kind: 'end', reason: 'made anew', who: 'ann' }))
  expect((await status(store, [log]))[0]).toMatchObject({ epoch: 0, frontier: 12n, state: 'ended', lag: 20n })
  const genesis = JSON.parse(String(await lake.get(genesisKey(place)))) as object
  const next = { ...genesis, epoch: 1, start: '3' }
  await lake.put(genesisKey({ ...place, epoch: 1 }), Buffer.from(JSON.stringify(next)))
  expect((await status(store, [log]))[0]).toMatchObject({
    epoch: 1,
    frontier: 3n,
    records: 0,
    state: 'ok',
    lag: 17n,
  })
})
