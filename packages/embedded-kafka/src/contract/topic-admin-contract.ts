import { expect } from 'vitest'
import { createPartitions } from '../api/create-partitions.ts'
import { deleteRecords } from '../api/delete-records.ts'
import { deleteTopics } from '../api/delete-topics.ts'
import { describeCluster } from '../api/describe-cluster.ts'
import { describeTopicPartitions } from '../api/describe-topic-partitions.ts'
import { listPartitionReassignments } from '../api/list-partition-reassignments.ts'
import { metadata } from '../api/metadata.ts'
import { errorCode } from '../error-codes.ts'
import { batchOf, valuesIn } from '../testing/batches.ts'
import { offsetFor, read, send, times } from '../testing/calls.ts'
import { type WireClient } from '../testing/wire-client.ts'
import { zeroUuid } from '../wire/schema.ts'
import { type It } from './contract.ts'

async function partitionsOf(client: WireClient, name: string): Promise<number> {
  const { topics } = await client.call(metadata, { topics: [{ name }], allowAutoTopicCreation: false })
  return topics[0]?.partitions.length ?? 0
}

function byName(a: { readonly name: string | null }, b: { readonly name: string | null }): number {
  return String(a.name).localeCompare(String(b.name))
}

export function topicAdminContract(it: It): void {
  for (let version = 1; version <= 5; version++)
    it(`DeleteTopics ${version} deletes by name`, async (kafka) => {
      const name = await kafka.topic()
      const client = await kafka.client()
      const ask = async () => (await client.call(deleteTopics, { topicNames: [name] }, version)).responses
      expect(await ask()).toMatchObject([{ name, errorCode: errorCode.NONE, errorMessage: null }])
      const unknown = 'This server does not host this topic-partition.'
      expect(await ask()).toMatchObject([
        {
          name,
          errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION,
          errorMessage: version >= 5 ? unknown : null,
        },
      ])
      while ((await partitionsOf(client, name)) > 0);
    })

  it('DeleteTopics 6 deletes by id, and answers with the name', async (kafka) => {
    const name = await kafka.topic()
    const topicId = await kafka.topicId(name)
    const client = await kafka.client()
    const ask = async () => (await client.call(deleteTopics, { topics: [{ topicId, name: null }] })).responses
    expect(await ask()).toMatchObject([{ name, topicId, errorCode: errorCode.NONE }])
    expect(await ask()).toMatchObject([
      {
        name: null,
        topicId,
        errorCode: errorCode.UNKNOWN_TOPIC_ID,
        errorMessage: 'This server does not host this topic ID.',
      },
    ])
  })

  it('a topic to delete must be named once, by name or by id', async (kafka) => {
    const name = await kafka.topic()
    const topicId = await kafka.topicId(name)
    const client = await kafka.client()
    const ask = async (...topics: { name: string | null; topicId?: string }[]) => {
      const { responses } = await client.call(deleteTopics, { topics })
      return responses.map((response) => `${response.errorCode} ${response.errorMessage}`)
    }
    expect(await ask({ name, topicId })).toEqual(['42 You may not specify both topic name and topic id.'])
    expect(await ask({ name: null, topicId: zeroUuid })).toEqual([
      '42 Neither topic name nor id were specified.',
    ])
    expect(await ask({ name }, { name })).toEqual(['42 Duplicate topic name.'])
    expect(await ask({ name: null, topicId }, { name: null, topicId })).toEqual(['42 Duplicate topic id.'])
  })

  it('a topic that is created again is another one', async (kafka) => {
    const name = await kafka.topic()
    const client = await kafka.client()
    await send(client, name, batchOf(['a']))
    const before = await kafka.topicId(name)
    await client.call(deleteTopics, { topics: [{ name }] })
    while ((await partitionsOf(client, name)) > 0);
    await kafka.createTopic(name)
    expect(await kafka.topicId(name)).not.toBe(before)
    expect((await offsetFor(client, name, times.latest)).offset).toBe(0n)
  })

  for (let version = 0; version <= 3; version++)
    it(`CreatePartitions ${version} adds partitions`, async (kafka) => {
      const name = await kafka.topic(1)
      const client = await kafka.client()
      const { results } = await client.call(createPartitions, { topics: [{ name, count: 3 }] }, version)
      expect(results).toEqual([{ name, errorCode: errorCode.NONE, errorMessage: null }])
      while ((await partitionsOf(client, name)) !== 3);
    })

  it('partitions are only added in earnest, and only if all is well', async (kafka) => {
    const name = await kafka.topic(2)
    const other = kafka.unique('nothing')
    const client = await kafka.client()
    const ask = async (topic: { name: string; count: number; assignments?: { brokerIds: number[] }[] }) => {
      const { results } = await client.call(createPartitions, { topics: [topic], validateOnly: true })
      return `${results[0]?.errorCode} ${results[0]?.errorMessage}`
    }
    expect(await ask({ name, count: 3 })).toBe('0 null')
    expect(await ask({ name, count: 2 })).toBe('37 Topic already has 2 partition(s).')
    expect(await ask({ name, count: 1 })).toBe(
      `37 The topic ${name} currently has 2 partition(s); 1 would not be an increase.`,
    )
    expect(await ask({ name: other, count: 3 })).toBe('3 null')
    expect(await ask({ name, count: 4, assignments: [{ brokerIds: [1] }] })).toBe(
      '39 Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
    )
    expect(await ask({ name, count: 3, assignments: [{ brokerIds: [9] }] })).toBe(
      '39 The manual partition assignment includes broker 9, but no such broker is registered.',
    )
    expect(await ask({ name, count: 3, assignments: [{ brokerIds: [1] }] })).toBe('0 null')
    expect(await partitionsOf(client, name)).toBe(2)
  })

  it('10,000 partitions can be added at once, not one more', async (kafka) => {
    const client = await kafka.client()
    const name = await kafka.topic()
    for (const [count, code] of [
      [10_001, errorCode.NONE],
      [10_002, errorCode.UNKNOWN_SERVER_ERROR],
      [2 ** 31 - 1, errorCode.UNKNOWN_SERVER_ERROR],
    ] as const) {
      const { results } = await client.call(createPartitions, {
        topics: [{ name, count }],
        validateOnly: true,
      })
      expect(results).toMatchObject([{ errorCode: code, errorMessage: null }])
    }
  })

  it('a topic whose partitions are to be added twice is refused', async (kafka) => {
    const name = await kafka.topic()
    const client = await kafka.client()
    const wish = { name, count: 2 }
    const { results } = await client.call(createPartitions, { topics: [wish, wish] })
    expect(results).toEqual([
      { name, errorCode: errorCode.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' },
    ])
  })

  for (let version = 0; version <= 2; version++)
    it(`DeleteRecords ${version} moves the begin of the log`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      for (const value of ['a', 'b', 'c']) await send(client, topic, batchOf([value]))
      const ask = async (offset: bigint) => {
        const topics = [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }]
        return (await client.call(deleteRecords, { topics }, version)).topics[0]?.partitions[0]
      }
      expect(await ask(2n)).toEqual({ partitionIndex: 0, lowWatermark: 2n, errorCode: errorCode.NONE })
      expect((await offsetFor(client, topic, times.earliest)).offset).toBe(2n)
      expect((await read(client, topic, { offset: 1n })).errorCode).toBe(errorCode.OFFSET_OUT_OF_RANGE)
      expect(valuesIn((await read(client, topic, { offset: 2n })).records)).toEqual(['2:c'])
      expect((await ask(1n))?.lowWatermark).toBe(2n)
      expect(await ask(-1n)).toMatchObject({ lowWatermark: 3n, errorCode: errorCode.NONE })
      expect(await ask(9n)).toMatchObject({ lowWatermark: -1n, errorCode: errorCode.OFFSET_OUT_OF_RANGE })
      expect(await ask(-5n)).toMatchObject({ lowWatermark: -1n, errorCode: errorCode.OFFSET_OUT_OF_RANGE })
      expect((await send(client, topic, batchOf(['d']))).baseOffset).toBe(3n)
    })

  it('a begin inside a batch is kept, though the batch comes whole', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    await send(client, topic, batchOf(['a', 'b', 'c']))
    const topics = [{ name: topic, partitions: [{ partitionIndex: 0, offset: 1n }] }]
    await client.call(deleteRecords, { topics })
    expect(await read(client, topic, { offset: 1n })).toMatchObject({ errorCode: 0, logStartOffset: 1n })
    expect((await read(client, topic)).errorCode).toBe(errorCode.OFFSET_OUT_OF_RANGE)
  })

  it('records of a compacted topic, or of none, cannot be deleted', async (kafka) => {
    const compacted = await kafka.topic(1, { 'cleanup.policy': 'compact' })
    const client = await kafka.client()
    const partitions = [{ partitionIndex: 0, offset: 0n }]
    const ask = async (name: string) =>
      (await client.call(deleteRecords, { topics: [{ name, partitions }] })).topics[0]?.partitions[0]
    expect((await ask(compacted))?.errorCode).toBe(errorCode.POLICY_VIOLATION)
    expect((await ask(kafka.unique('nothing')))?.errorCode).toBe(errorCode.UNKNOWN_TOPIC_OR_PARTITION)
  })

  for (let version = 0; version <= 2; version++)
    it(`DescribeCluster ${version} lists the brokers`, async (kafka) => {
      const client = await kafka.client()
      const answer = await client.call(describeCluster, {}, version)
      const [host, port] = kafka.bootstrapServers.split(':')
      expect(answer).toMatchObject({
        errorCode: errorCode.NONE,
        errorMessage: null,
        controllerId: 1,
        brokers: [{ brokerId: 1, host, port: Number(port), rack: null, isFenced: false }],
        clusterAuthorizedOperations: -2_147_483_648,
      })
      expect(answer.clusterId).toMatch(/^[\w-]{22}$/)
    })

  it('a broker does not speak for controllers', async (kafka) => {
    const client = await kafka.client()
    const answer = await client.call(describeCluster, { endpointType: 2 })
    expect(answer).toMatchObject({ errorCode: errorCode.MISMATCHED_ENDPOINT_TYPE, brokers: [] })
  })

  it('DescribeTopicPartitions describes topics by name', async (kafka) => {
    const [one, two] = [await kafka.topic(2), await kafka.topic(1)]
    const client = await kafka.client()
    const none = kafka.unique('zz-nothing')
    const { topics, nextCursor } = await client.call(describeTopicPartitions, {
      topics: [one, two, none].map((name) => ({ name })),
    })
    expect(topics.toSorted(byName)).toMatchObject(
      [
        { name: one, errorCode: 0, topicId: await kafka.topicId(one), isInternal: false },
        { name: two, errorCode: 0, topicId: await kafka.topicId(two) },
        { name: none, errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION, topicId: zeroUuid, partitions: [] },
      ].toSorted(byName),
    )
    expect(topics.find(({ name }) => name === one)?.partitions).toEqual(
      [0, 1].map((partitionIndex) => ({
        errorCode: 0,
        partitionIndex,
        leaderId: 1,
        leaderEpoch: 0,
        replicaNodes: [1],
        isrNodes: [1],
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
        offlineReplicas: [],
      })),
    )
    expect(nextCursor).toBeNull()
  })

  it('DescribeTopicPartitions goes on where its cursor says', async (kafka) => {
    const name = await kafka.topic(3)
    const client = await kafka.client()
    const request = { topics: [{ name }], responsePartitionLimit: 2 }
    const first = await client.call(describeTopicPartitions, request)
    const indexes = (answer: typeof first) =>
      answer.topics.flatMap(({ partitions }) => partitions.map(({ partitionIndex }) => partitionIndex))
    expect(indexes(first)).toEqual([0, 1])
    expect(first.nextCursor).toEqual({ topicName: name, partitionIndex: 2 })
    const second = await client.call(describeTopicPartitions, { ...request, cursor: first.nextCursor })
    expect(indexes(second)).toEqual([2])
    expect(second.nextCursor).toBeNull()
  })

  it('no partitions are being reassigned', async (kafka) => {
    const answer = await (await kafka.client()).call(listPartitionReassignments, {})
    expect(answer).toMatchObject({ errorCode: errorCode.NONE, topics: [] })
  })
}
