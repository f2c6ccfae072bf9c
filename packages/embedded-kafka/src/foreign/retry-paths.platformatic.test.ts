/** How @platformatic/kafka 2.12.1 goes on when a broker's answer is an error, late, or lost. */

import { expect, test } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets, keptValues } from './testing/broker-view.ts'
import { type TextConsumer, type TextProducer, openConsumer, openProducer } from './testing/platformatic.ts'
import { until } from './testing/until.ts'

const topics = [{ topic: 'a.pin', partitions: 2 }]
const values = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => String(n + from))
const start = (): Promise<EmbeddedKafka> => startEmbeddedKafka({ topics, brokers: 2 })

async function send(producer: TextProducer, partition: number, ...all: string[]) {
  const messages = all.map((value) => ({ topic: 'a.pin', partition, value }))
  return await producer.send({ messages, acks: -1 })
}

const otherThan = (leader = 0): number => (leader === 1 ? 2 : 1)
const leaderOf = (broker: EmbeddedKafka, partition: number) => broker.partition('a.pin', partition)?.leader

test('a send without keys over two leaders, of which one is retried, arrives whole', async () => {
  await using broker = await start()
  const refused = { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' } as const
  const fault = broker.faults.on('Produce', refused, { broker: 2 })
  await using producer = openProducer(broker)
  await producer.send({ messages: values(1001).map((value) => ({ topic: 'a.pin', value })), acks: -1 })
  expect(fault.count).toBe(1)
  const kept = [...(await keptValues(broker, 'a.pin', 0)), ...(await keptValues(broker, 'a.pin', 1))]
  expect(kept.toSorted((a, b) => Number(a) - Number(b))).toEqual(values(1001))
})

test('a leader that moves is followed', async () => {
  await using broker = await start()
  await using producer = openProducer(broker)
  await send(producer, 0, 'a')
  const move = () => broker.faults.moveLeader('a.pin', 0, otherThan(leaderOf(broker, 0)))
  const fault = broker.faults.on('Produce', { kind: 'run', run: move })
  await send(producer, 0, 'b')
  expect(fault.count).toBe(1)
  expect(broker.faults.counts).toEqual({ moveLeader: 1 })
  expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'b'])
})

test('a lost acknowledgement is a duplicate, unless the producer is idempotent', async () => {
  await using broker = await start()
  await using plain = openProducer(broker)
  await using idempotent = openProducer(broker, { idempotent: true })
  for (const [partition, producer] of [plain, idempotent].entries()) {
    const fault = broker.faults.on('Produce', { kind: 'hang-up', at: 'after' })
    await send(producer, partition, 'a', 'b')
    await send(producer, partition, 'c')
    expect(fault.count).toBe(1)
  }
  expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'b', 'a', 'b', 'c'])
  expect(await keptValues(broker, 'a.pin', 1)).toEqual(['a', 'b', 'c'])
})

test('an idempotent producer that is told its sequence is wrong takes a new id, and writes twice what was kept', async () => {
  await using broker = await start()
  await using producer = openProducer(broker, { idempotent: true })
  await send(producer, 0, 'a')
  const first = producer.producerId
  const lost = { kind: 'answer', code: 'OUT_OF_ORDER_SEQUENCE_NUMBER', at: 'after' } as const
  const fault = broker.faults.on('Produce', lost)
  await send(producer, 0, 'b')
  expect(fault.count).toBe(1)
  expect(producer.producerId).not.toBe(first)
  expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'b', 'b'])
})

test('an idempotent producer starts anew after a send that failed for good', async () => {
  await using broker = await start()
  await using producer = openProducer(broker, { idempotent: true })
  await send(producer, 0, 'a')
  const fault = broker.faults.on('Produce', { kind: 'answer', code: 'MESSAGE_TOO_LARGE' })
  await expect(send(producer, 0, 'b')).rejects.toThrow('Producing messages failed.')
  await send(producer, 0, 'c')
  expect(fault.count).toBe(1)
  expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'c'])
})

test('a transaction whose end is not acknowledged, and whose coordinator moves, is committed once', async () => {
  await using broker = await start()
  broker.faults.moveCoordinator('transaction', 'writer', 1)
  await using producer = openProducer(broker, { idempotent: true, transactionalId: 'writer' })
  const swallowed = broker.faults.on('EndTxn', { kind: 'hang-up', at: 'after' })
  for (const value of ['a', 'b']) {
    const transaction = await producer.beginTransaction()
    await transaction.send({ messages: [{ topic: 'a.pin', partition: 0, value }] })
    if (value === 'b') broker.faults.moveCoordinator('transaction', 'writer', 2)
    await transaction.commit()
  }
  expect(swallowed.count).toBe(1)
  expect(broker.faults.counts).toEqual({ moveCoordinator: 2 })
  expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'b'])
  // Two records, two markers.
  expect(broker.partition('a.pin', 0)).toMatchObject({ highWatermark: 4n, lastStableOffset: 4n })
})

/** Collects what the group reads, and commits it. */
async function follow(consumer: TextConsumer, read: string[]) {
  const stream = await consumer.consume({
    topics: ['a.pin'],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: true,
  })
  stream.on('data', ({ value }) => read.push(value))
  return stream
}

test.for<[string, (broker: EmbeddedKafka) => void, Record<string, number>]>([
  [
    'whose sessions expire',
    ({ faults }) => faults.expireSessions('readers'),
    { moveCoordinator: 1, expireSessions: 1 },
  ],
  [
    'whose coordinator moves',
    ({ faults }) => faults.moveCoordinator('group', 'readers', 2),
    { moveCoordinator: 2 },
  ],
  [
    'whose connections are dropped',
    ({ faults }) => faults.dropConnections(1),
    { moveCoordinator: 1, dropConnections: 1 },
  ],
])('a member of a group %s goes on and skips nothing', async ([, act, counts]) => {
  await using broker = await start()
  broker.faults.moveCoordinator('group', 'readers', 1)
  await using producer = openProducer(broker)
  await using consumer = openConsumer(broker)
  const read: string[] = []
  const stream = await follow(consumer, read)
  await send(producer, 0, ...values(10))
  await until('ten are read', () => read.length === 10)
  act(broker)
  await send(producer, 0, ...values(10, 10))
  await until('all is read', () => new Set(read).size === 20)
  await until(
    'all is committed',
    async () => (await committedOffsets(broker, 'readers', 'a.pin', 1))[0] === 20n,
  )
  expect(broker.faults.counts).toEqual(counts)
  expect(broker.group('readers')?.memberIds).toEqual([consumer.memberId])
  await stream.close()
})

test('a fetch that is refused or cut off is made again', async () => {
  await using broker = await start()
  await using producer = openProducer(broker)
  await send(producer, 0, ...values(10))
  const leader = leaderOf(broker, 0) ?? 0
  const faults = [
    broker.faults.on('Fetch', { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' }, { broker: leader }),
    broker.faults.on('Fetch', { kind: 'hang-up', at: 'after' }, { broker: leader }),
  ]
  await using consumer = openConsumer(broker)
  const read: string[] = []
  const stream = await follow(consumer, read)
  await until('all is read', () => read.length >= 10)
  expect(read).toEqual(values(10))
  expect(faults.map(({ count }) => count)).toEqual([1, 1])
  await stream.close()
})
