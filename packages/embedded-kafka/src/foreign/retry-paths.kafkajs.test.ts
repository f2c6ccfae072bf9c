/** Two ways in which kafkajs 2.2.4 loses records without an error, and how the project's producer withstands them. */

import { openProducer } from '@pinpipe/kafka/producer'
import { Kafka, Partitioners, type Producer, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { keptValues } from './testing/broker-view.ts'

const topics = [{ topic: 'a.pin', partitions: 2 }]
const values = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n))

/** How many of the values are not kept, and how many are kept more than once. */
async function tally(broker: EmbeddedKafka, sent: readonly string[]) {
  const kept = [...(await keptValues(broker, 'a.pin', 0)), ...(await keptValues(broker, 'a.pin', 1))]
  const counts = new Map<string, number>()
  for (const value of kept) counts.set(value, (counts.get(value) ?? 0) + 1)
  return {
    lost: sent.filter((value) => !counts.has(value)).length,
    duplicated: sent.filter((value) => (counts.get(value) ?? 0) > 1).length,
  }
}

async function connect(
  broker: EmbeddedKafka,
  options: { readonly idempotent: boolean; readonly retries: number },
): Promise<Producer & AsyncDisposable> {
  const { idempotent, retries } = options
  const retry = { initialRetryTime: 10, maxRetryTime: 10, retries }
  const client = new Kafka({ brokers: broker.bootstrapServers.split(','), logLevel: logLevel.NOTHING, retry })
  const producer = client.producer({
    idempotent,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry,
  })
  await producer.connect()
  return Object.assign(producer, { [Symbol.asyncDispose]: async () => await producer.disconnect() })
}

/** The leader of partition 1 does not want to be it, once. */
const refuseOnce = (broker: EmbeddedKafka) =>
  broker.faults.on(
    'Produce',
    { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' },
    { broker: broker.partition('a.pin', 1)?.leader ?? 0 },
  )

test('kafkajs loses half of a send without keys, and says it went well, when one of two leaders was retried', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 2 })
  const fault = refuseOnce(broker)
  await using producer = await connect(broker, { idempotent: false, retries: 5 })
  const messages = values(1001).map((value) => ({ value }))
  await expect(producer.send({ topic: 'a.pin', messages })).resolves.toHaveLength(2)
  expect(fault.count).toBe(1)
  const { lost, duplicated } = await tally(broker, values(1001))
  expect(lost + duplicated).toBe(1001)
  // Which partition gets the odd one is drawn by lot.
  expect([500, 501]).toContain(lost)
})

test('the project’s producer sends to one partition at a time, and loses nothing', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 2 })
  const fault = refuseOnce(broker)
  const connection = { clientId: 'test', brokers: broker.bootstrapServers.split(','), tls: false as const }
  await using producer = await openProducer(connection)
  const records = values(1001).map((value) => ({ key: 'k', value }))
  for (const partition of [0, 1])
    await producer.send({
      topic: 'a.pin',
      partition,
      records: records.filter(({ value }) => Number(value) % 2 === partition),
    })
  expect(fault.count).toBe(1)
  expect(await tally(broker, values(1001))).toEqual({ lost: 0, duplicated: 0 })
})

/** Batches are appended, and the connection ends before the client learns of it. */
const swallow = (broker: EmbeddedKafka, times: number) =>
  broker.faults.on('Produce', { kind: 'hang-up', at: 'after' }, { times })

test('kafkajs uses sequence numbers again after a failed send, and has another batch acknowledged in its place', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 2 })
  const fault = swallow(broker, 2)
  await using producer = await connect(broker, { idempotent: true, retries: 1 })
  const send = async (...all: string[]) =>
    await producer.send({ topic: 'a.pin', messages: all.map((value) => ({ value, partition: 0 })) })
  await expect(send('a', 'b', 'c')).rejects.toMatchObject({ name: 'KafkaJSNumberOfRetriesExceeded' })
  expect(fault.count).toBe(2)
  expect(await send('x', 'y', 'z')).toMatchObject([{ partition: 0, errorCode: 0, baseOffset: '0' }])
  expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'b', 'c'])
})
