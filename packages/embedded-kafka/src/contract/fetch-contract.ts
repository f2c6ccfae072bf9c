import { expect } from 'vitest'
import { fetch } from '../api/fetch.ts'
import { errorCode } from '../error-codes.ts'
import { batchOf, batchesIn, valuesIn } from '../testing/batches.ts'
import { read, send } from '../testing/calls.ts'
import { type It } from './contract.ts'

export function fetchContract(it: It): void {
  for (let version = 4; version <= 12; version++)
    it(`Fetch ${version} reads what was sent`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      await send(client, topic, batchOf(['a', 'b']))
      const answer = await read(client, topic, { version })
      expect(answer).toMatchObject({
        errorCode: errorCode.NONE,
        highWatermark: 2n,
        lastStableOffset: 2n,
        logStartOffset: version >= 5 ? 0n : -1n,
        abortedTransactions: null,
        preferredReadReplica: -1,
      })
      expect(valuesIn(answer.records)).toEqual(['0:a', '1:b'])
    })

  for (let version = 13; version <= 18; version++)
    it(`Fetch ${version} names the topic by its id`, async (kafka) => {
      const topic = await kafka.topic()
      const topicId = await kafka.topicId(topic)
      const client = await kafka.client()
      await send(client, topic, batchOf(['a']))
      const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }]
      const { responses } = await client.call(
        fetch,
        { maxWaitMs: 0, minBytes: 1, topics: [{ topicId, partitions }] },
        version,
      )
      expect(responses).toMatchObject([{ topicId, partitions: [{ errorCode: 0, highWatermark: 1n }] }])
      expect(valuesIn(responses[0]?.partitions[0]?.records ?? null)).toEqual(['0:a'])
    })

  it('an unknown topic id is refused at once', async (kafka) => {
    const client = await kafka.client()
    const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ'
    const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1_000 }]
    const request = { maxWaitMs: 60_000, minBytes: 1, topics: [{ topicId, partitions }] }
    const { responses } = await client.call(fetch, request)
    expect(responses).toMatchObject([{ topicId, partitions: [{ errorCode: errorCode.UNKNOWN_TOPIC_ID }] }])
  })

  it('a batch comes whole, whichever of its offsets was asked for', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    await send(client, topic, batchOf(['a', 'b', 'c']))
    await send(client, topic, batchOf(['d']))
    const { records } = await read(client, topic, { offset: 2n })
    expect(valuesIn(records)).toEqual(['0:a', '1:b', '2:c', '3:d'])
  })

  it('the end of the log has no records', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    await send(client, topic, batchOf(['a']))
    const answer = await read(client, topic, { offset: 1n })
    expect(answer).toMatchObject({ errorCode: errorCode.NONE, highWatermark: 1n })
    expect(answer.records).toHaveLength(0)
  })

  for (const offset of [2n, -1n])
    it(`offset ${offset} of a log with one record is out of range`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      await send(client, topic, batchOf(['a']))
      const answer = await read(client, topic, { offset, maxWaitMs: 60_000 })
      expect(answer).toMatchObject({
        errorCode: errorCode.OFFSET_OUT_OF_RANGE,
        highWatermark: -1n,
        lastStableOffset: -1n,
        logStartOffset: -1n,
      })
    })

  it('an unknown topic is refused at once', async (kafka) => {
    const client = await kafka.client()
    const answer = await read(client, kafka.unique('nothing'), { maxWaitMs: 60_000 })
    expect(answer).toMatchObject({ errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION, highWatermark: -1n })
  })

  it('an older or newer leader epoch is told apart', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    expect((await read(client, topic, { currentLeaderEpoch: 0 })).errorCode).toBe(errorCode.NONE)
    expect((await read(client, topic, { currentLeaderEpoch: 9 })).errorCode).toBe(
      errorCode.UNKNOWN_LEADER_EPOCH,
    )
  })

  it('the first batch comes whole even when it is over every limit', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const batch = batchOf(['x'.repeat(5_000)])
    await send(client, topic, batch)
    const { records } = await read(client, topic, { maxBytes: 10, partitionMaxBytes: 10 })
    expect(records).toHaveLength(batch.length)
  })

  it('the limit of a partition cuts within a batch, as Kafka cuts its files', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const batches = ['a', 'b', 'c'].map((letter) => batchOf([letter.repeat(1_000)]))
    for (const batch of batches) await send(client, topic, batch)
    const { records } = await read(client, topic, { partitionMaxBytes: 1_500 })
    expect(records).toHaveLength(1_500)
    expect(batchesIn(records)).toHaveLength(1)
  })

  it('the limit of the request holds over all partitions, in their order', async (kafka) => {
    const topic = await kafka.topic(3)
    const client = await kafka.client()
    for (const partition of [0, 1, 2]) await send(client, topic, batchOf(['x'.repeat(1_000)]), { partition })
    const partitions = [2, 0, 1].map((partition) => ({
      partition,
      fetchOffset: 0n,
      partitionMaxBytes: 1_000_000,
    }))
    const { responses } = await client.call(
      fetch,
      { maxWaitMs: 0, minBytes: 1, maxBytes: 1_500, topics: [{ topic, partitions }] },
      12,
    )
    const lengths = responses[0]?.partitions.map(({ partitionIndex, records }) => [
      partitionIndex,
      records?.length,
    ])
    expect(lengths?.map(([index]) => index)).toEqual([2, 0, 1])
    expect(lengths?.filter(([, length]) => (length ?? 0) > 0)).toHaveLength(1)
  })

  it('a fetch at the end waits for the next record', async (kafka) => {
    const topic = await kafka.topic()
    const [client, other] = [await kafka.client(), await kafka.client()]
    const waiting = read(client, topic, { maxWaitMs: 60_000 })
    await send(other, topic, batchOf(['a']))
    expect(valuesIn((await waiting).records)).toEqual(['0:a'])
  })

  it('a fetch waits until there are as many bytes as it wants', async (kafka) => {
    const topic = await kafka.topic()
    const [client, other] = [await kafka.client(), await kafka.client()]
    const waiting = read(client, topic, { maxWaitMs: 60_000, minBytes: 1_500 })
    await send(other, topic, batchOf(['a'.repeat(1_000)]))
    await send(other, topic, batchOf(['b'.repeat(1_000)]))
    expect(batchesIn((await waiting).records)).toHaveLength(2)
  })

  it('a fetch ends empty when its time is over', async (kafka) => {
    const topic = await kafka.topic()
    const answer = await read(await kafka.client(), topic, { maxWaitMs: 20 })
    expect(answer).toMatchObject({ errorCode: errorCode.NONE, highWatermark: 0n })
    expect(answer.records).toHaveLength(0)
  })

  it('requests on one connection are answered in order, a waiting fetch first', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const order: string[] = []
    await Promise.all([
      read(client, topic, { maxWaitMs: 200 }).then(() => order.push('fetch')),
      send(client, topic, batchOf(['a'])).then(() => order.push('produce')),
    ])
    expect(order).toEqual(['fetch', 'produce'])
  })

  it('an unknown session is refused as a whole', async (kafka) => {
    const client = await kafka.client()
    const request = { maxWaitMs: 0, minBytes: 0, sessionId: 12_345, sessionEpoch: 3, topics: [] }
    expect(await client.call(fetch, request, 12)).toMatchObject({
      errorCode: errorCode.FETCH_SESSION_ID_NOT_FOUND,
      responses: [],
    })
  })

  it('no partitions are answered at once', async (kafka) => {
    const client = await kafka.client()
    const answer = await client.call(fetch, { maxWaitMs: 60_000, minBytes: 1, topics: [] }, 12)
    expect(answer).toMatchObject({ errorCode: errorCode.NONE, responses: [] })
  })
}
