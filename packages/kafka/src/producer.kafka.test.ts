import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { openReadOnlyAdmin } from './admin.ts'
import { openConsumer } from './consumer.ts'
import { kafkaOf } from './kafka-client.ts'
import { openProducer } from './producer.ts'
import {
  apiKeys,
  errorAfterAppend,
  produceError,
  startKafkaProxy,
  toPartition,
} from './testing/kafka-proxy.ts'
import { createTopic, plainConnection, until } from './testing/kafka-topic.ts'
import { type Recorder, record } from './testing/recorder.ts'

const notLeader = 6
const messageTooLarge = 10
const recordsOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `${name}${index}`, value: `${name}-${index}` }))

async function counted(brokers: string, topic: string): Promise<bigint[]> {
  await using admin = await openReadOnlyAdmin(plainConnection(brokers))
  return (await admin.watermarks(topic)).map(({ high }) => high)
}

/** Values by partition, once there are `count`. */
async function read(brokers: string, topic: string, count: number): Promise<Recorder['values']> {
  await using reader = await record(plainConnection(brokers), { groupId: topic, topics: [topic] })
  await until(`${count} records`, () => reader.count() === count)
  return reader.values
}

stackTest('headers and timestamps arrive', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using producer = await openProducer(plainConnection(kafka.bootstrapServers))
  const headers = { 'run-id': 'r1', seq: '1' }
  await producer.send({
    topic,
    partition: 0,
    records: [{ key: '1', value: '{}', headers, timestampMs: 1_600_000_000_000 }],
  })
  await using consumer = await openConsumer(plainConnection(kafka.bootstrapServers), {
    groupId: topic,
    topics: [topic],
  })
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const running = consumer.run({
    assigned: () => Promise.resolve(),
    revoked: () => Promise.resolve(),
    batch: ({ records }) => Promise.resolve(resolve(records.record)),
  })
  expect(await promise).toMatchObject({
    timestamp: 1_600_000_000_000n,
    key: Buffer.from('1'),
    headers: [
      { name: 'run-id', value: Buffer.from('r1') },
      { name: 'seq', value: Buffer.from('1') },
    ],
  })
  await consumer.stop()
  await running
})

stackTest(
  'batches of one partition are appended in the order of their calls, of several at the same time',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 3)
    await using producer = await openProducer(plainConnection(kafka.bootstrapServers))
    const sends = Array.from({ length: 60 }, (_, n) =>
      producer.send({ topic, partition: n % 3, records: [{ key: 'k', value: String(n) }] }),
    )
    await Promise.all(sends)
    const values = await read(kafka.bootstrapServers, topic, 60)
    for (const partition of [0, 1, 2])
      expect(values.get(partition)).toEqual(Array.from({ length: 20 }, (_, n) => String(n * 3 + partition)))
  },
)

stackTest(
  'K1: a partition that answers retriable errors loses and doubles nothing, here or elsewhere',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await using proxy = await startKafkaProxy(kafka.bootstrapServers)
    await using producer = await openProducer(plainConnection(proxy.address))
    proxy.inject(apiKeys.produce, 3, produceError(notLeader), toPartition(0))
    const sent = await Promise.all([
      producer.send({ topic, partition: 0, records: recordsOf('a', 500) }),
      producer.send({ topic, partition: 1, records: recordsOf('b', 501) }),
    ])
    expect(proxy.injected).toBe(3)
    expect(sent).toEqual([{ baseOffset: 0n }, { baseOffset: 0n }])
    expect(await counted(kafka.bootstrapServers, topic)).toEqual([500n, 501n])
  },
)

stackTest('a lost acknowledgement does not append the batch twice', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using proxy = await startKafkaProxy(kafka.bootstrapServers)
  await using producer = await openProducer(plainConnection(proxy.address), { requestTimeoutMs: 500 })
  proxy.inject(apiKeys.produce, 1, { kind: 'lose-answer' })
  expect(await producer.send({ topic, partition: 0, records: recordsOf('a', 5) })).toEqual({ baseOffset: 0n })
  expect(proxy.injected).toBe(1)
  expect(proxy.requests(apiKeys.produce)).toBe(2)
  expect(await producer.send({ topic, partition: 0, records: recordsOf('b', 5) })).toEqual({ baseOffset: 5n })
  expect(await counted(kafka.bootstrapServers, topic)).toEqual([10n])
})

stackTest('K2: kafkajs alone acknowledges a batch that is not in the log', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using proxy = await startKafkaProxy(kafka.bootstrapServers)
  const bare = kafkaOf(plainConnection(proxy.address), { retries: 3 }).producer({ idempotent: true })
  await bare.connect()
  proxy.inject(apiKeys.produce, 1, errorAfterAppend(messageTooLarge))
  await expect(bare.send({ topic, messages: recordsOf('a', 5) })).rejects.toThrow(
    'larger than the max message size',
  )
  const [answer] = await bare.send({ topic, messages: recordsOf('b', 5) })
  await bare.disconnect()
  expect(answer?.baseOffset).toBe('0')
  expect(await counted(kafka.bootstrapServers, topic)).toEqual([5n])
})

stackTest('K2: after a rejected send the next batch gets its own offset', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using proxy = await startKafkaProxy(kafka.bootstrapServers)
  await using producer = await openProducer(plainConnection(proxy.address))
  proxy.inject(apiKeys.produce, 1, errorAfterAppend(messageTooLarge))
  const rejected = producer.send({ topic, partition: 0, records: recordsOf('a', 5) })
  await expect(rejected).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' })
  expect(proxy.injected).toBe(1)
  expect(await producer.send({ topic, partition: 0, records: recordsOf('b', 5) })).toEqual({ baseOffset: 5n })
  const values = await read(kafka.bootstrapServers, topic, 10)
  expect(values.get(0)?.slice(5)).toEqual(['b-0', 'b-1', 'b-2', 'b-3', 'b-4'])
})

stackTest(
  'K2: batches that wait behind a rejected one are rejected unsent, those of other partitions arrive',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await using proxy = await startKafkaProxy(kafka.bootstrapServers)
    await using producer = await openProducer(plainConnection(proxy.address))
    await producer.partitionCount(topic)
    proxy.inject(apiKeys.produce, 1, produceError(messageTooLarge), toPartition(0))
    const [first, behind, other] = await Promise.allSettled([
      producer.send({ topic, partition: 0, records: recordsOf('a', 5) }),
      producer.send({ topic, partition: 0, records: recordsOf('b', 5) }),
      producer.send({ topic, partition: 1, records: recordsOf('c', 5) }),
    ])
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'MESSAGE_TOO_LARGE' } })
    expect(behind).toMatchObject({ status: 'rejected', reason: { canRetry: true } })
    expect(other).toMatchObject({ status: 'fulfilled', value: { baseOffset: 0n } })
    await producer.send({ topic, partition: 0, records: recordsOf('a', 1) })
    await producer.send({ topic, partition: 0, records: recordsOf('b', 2) })
    expect(await counted(kafka.bootstrapServers, topic)).toEqual([3n, 5n])
  },
)

stackTest('a batch that the topic does not take is refused with its remedy', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1, { 'max.message.bytes': '1000' })
  await using producer = await openProducer(plainConnection(kafka.bootstrapServers))
  const sending = producer.send({ topic, partition: 0, records: [{ key: '1', value: 'x'.repeat(5_000) }] })
  await expect(sending).rejects.toThrow(
    `could not send to topic ${topic}, partition 0: the batch is larger than the topic takes; send fewer records at once`,
  )
})

stackTest('an unknown topic is said at once and not created', async ({ kafka }) => {
  await using producer = await openProducer(plainConnection(kafka.bootstrapServers))
  const sending = producer.send({ topic: 'no-such-topic', partition: 0, records: recordsOf('a', 1) })
  await expect(sending).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', exitCode: 1 })
  await expect(producer.partitionCount('no such topic')).rejects.toMatchObject({ code: 'INVALID_TOPIC' })
  await using admin = await openReadOnlyAdmin(plainConnection(kafka.bootstrapServers))
  expect(await admin.listTopics()).not.toContain('no-such-topic')
})

stackTest('a partition that the topic does not have is refused', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 2)
  await using producer = await openProducer(plainConnection(kafka.bootstrapServers))
  const sending = producer.send({ topic, partition: 2, records: recordsOf('a', 1) })
  await expect(sending).rejects.toThrow('the topic has 2 partitions, numbered from 0')
})

stackTest('a closed producer sends nothing more', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  const producer = await openProducer(plainConnection(kafka.bootstrapServers))
  await producer.partitionCount(topic)
  const last = producer.send({ topic, partition: 0, records: recordsOf('a', 1) })
  await last
  await producer[Symbol.asyncDispose]()
  await expect(producer.send({ topic, partition: 0, records: recordsOf('b', 1) })).rejects.toMatchObject({
    code: 'CLOSED',
  })
  expect(await counted(kafka.bootstrapServers, topic)).toEqual([1n])
})
