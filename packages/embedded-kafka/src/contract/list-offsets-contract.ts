import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { listOffsets } from '../api/list-offsets.ts'
import { offsetForLeaderEpoch } from '../api/offset-for-leader-epoch.ts'
import { errorCode } from '../error-codes.ts'
import { batchOf } from '../testing/batches.ts'
import { offsetFor, send, times } from '../testing/calls.ts'
import { type It } from './contract.ts'

const record = (timestampDelta: number) => ({ key: null, value: Buffer.from('v'), timestampDelta })

export function listOffsetsContract(it: It): void {
  for (let version = 1; version <= 10; version++)
    it(`ListOffsets ${version} finds begin, end and a time`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      const start = Date.now() - 60_000
      await send(
        client,
        topic,
        batchOf([record(0), record(10)], { baseTimestamp: start, maxTimestamp: start + 10 }),
      )
      await send(client, topic, batchOf([record(0)], { baseTimestamp: start + 20 }))
      const ask = (time: bigint) => offsetFor(client, topic, time, { version })
      const leaderEpoch = version >= 4 ? 0 : -1
      expect(await ask(times.earliest)).toMatchObject({ offset: 0n, timestamp: -1n, leaderEpoch })
      expect(await ask(times.latest)).toMatchObject({ offset: 3n, timestamp: -1n, leaderEpoch })
      expect(await ask(BigInt(start + 5))).toMatchObject({
        errorCode: errorCode.NONE,
        offset: 1n,
        timestamp: BigInt(start + 10),
        leaderEpoch,
      })
      expect(await ask(BigInt(start + 21))).toMatchObject({
        errorCode: errorCode.NONE,
        offset: -1n,
        timestamp: -1n,
        leaderEpoch: -1,
      })
    })

  it('an empty log has begin and end at 0, and no time', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    expect(await offsetFor(client, topic, times.earliest)).toMatchObject({ offset: 0n, leaderEpoch: 0 })
    expect(await offsetFor(client, topic, times.latest)).toMatchObject({ offset: 0n, leaderEpoch: 0 })
    expect(await offsetFor(client, topic, 0n)).toMatchObject({ offset: -1n, timestamp: -1n, leaderEpoch: -1 })
    expect(await offsetFor(client, topic, times.withLatestTime)).toMatchObject({
      offset: -1n,
      timestamp: -1n,
    })
  })

  it('a time inside a compressed batch is found exactly', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const start = Date.now() - 60_000
    const options = { baseTimestamp: start, maxTimestamp: start + 20, attributes: 1 }
    await send(
      client,
      topic,
      batchOf([record(0), record(10), record(20)], { ...options, compress: (bytes) => gzipSync(bytes) }),
    )
    expect(await offsetFor(client, topic, BigInt(start + 1))).toMatchObject({
      offset: 1n,
      timestamp: BigInt(start + 10),
    })
  })

  it('the record with the latest time is found, though it is not the last', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const start = Date.now() - 60_000
    await send(
      client,
      topic,
      batchOf([record(0), record(30)], { baseTimestamp: start, maxTimestamp: start + 30 }),
    )
    await send(client, topic, batchOf([record(0)], { baseTimestamp: start + 20 }))
    expect(await offsetFor(client, topic, times.withLatestTime)).toMatchObject({
      offset: 1n,
      timestamp: BigInt(start + 30),
    })
  })

  it('a special time from a later version is not supported', async (kafka) => {
    const topic = await kafka.topic()
    const outcome = await offsetFor(await kafka.client(), topic, times.withLatestTime, { version: 6 })
    expect(outcome).toMatchObject({ errorCode: errorCode.UNSUPPORTED_VERSION, offset: -1n })
  })

  it('an unknown topic and an unknown partition are refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const outcome = { errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION, offset: -1n, timestamp: -1n }
    expect(await offsetFor(client, kafka.unique('nothing'), times.latest)).toMatchObject(outcome)
    expect(await offsetFor(client, topic, times.latest, { partition: 1 })).toMatchObject(outcome)
  })

  it('a partition that is asked for twice is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const wish = { partitionIndex: 0, timestamp: -1n }
    const { topics } = await client.call(listOffsets, { topics: [{ name: topic, partitions: [wish, wish] }] })
    expect(topics[0]?.partitions.map((outcome) => outcome.errorCode)).toContain(errorCode.INVALID_REQUEST)
  })

  for (const version of [2, 3, 4])
    it(`OffsetForLeaderEpoch ${version} tells where an epoch ends`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      await send(client, topic, batchOf(['a', 'b']))
      const ask = async (leaderEpoch: number) => {
        const partitions = [{ partition: 0, currentLeaderEpoch: 0, leaderEpoch }]
        const { topics } = await client.call(
          offsetForLeaderEpoch,
          { topics: [{ topic, partitions }] },
          version,
        )
        return topics[0]?.partitions[0]
      }
      expect(await ask(0)).toMatchObject({ errorCode: errorCode.NONE, leaderEpoch: 0, endOffset: 2n })
      expect(await ask(5)).toMatchObject({ errorCode: errorCode.NONE, leaderEpoch: -1, endOffset: -1n })
    })
}
