import { type CompressionAlgorithmValue, type Message } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets, keptCodecs } from './testing/broker-view.ts'
import { type TextConsumer, openConsumer, openProducer } from './testing/platformatic.ts'

const topics = [{ topic: 'a.pin', partitions: 3 }]
const start = (): Promise<EmbeddedKafka> => startEmbeddedKafka({ topics, brokers: 3 })
const values = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => String(n + from))
const numerically = (all: readonly string[]): string[] => all.toSorted((a, b) => Number(a) - Number(b))

type TextMessage = Message<string, string, string, string>

/** So many messages of the group, each committed. */
async function consume(
  consumer: TextConsumer,
  count: number,
  options: { isolationLevel?: number } = {},
): Promise<readonly TextMessage[]> {
  const stream = await consumer.consume({
    topics: ['a.pin'],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: false,
    ...options,
  })
  const messages: TextMessage[] = []
  for await (const message of stream) {
    messages.push(message)
    await message.commit()
    if (messages.length === count) break
  }
  await stream.close()
  return messages
}

test.for<[CompressionAlgorithmValue, number]>([
  ['none', 0],
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
])('platformatic writes and reads %s, with keys, headers and times', async ([compression, number]) => {
  await using broker = await start()
  await using producer = openProducer(broker, { compression })
  const messages = values(50).map((n) => ({
    topic: 'a.pin',
    partition: 1,
    key: `key-${n}`,
    value: `${'value '.repeat(10)}${n}`,
    headers: { n, more: 'x' },
    timestamp: 1_700_000_000_000n + BigInt(n),
  }))
  const { offsets } = await producer.send({ messages, acks: -1 })
  expect(offsets).toEqual([{ topic: 'a.pin', partition: 1, offset: 0n }])
  expect(await keptCodecs(broker, 'a.pin', 1)).toEqual([number])
  await using consumer = openConsumer(broker)
  const read = await consume(consumer, 50)
  expect(read.map(({ key, value, timestamp, partition }) => ({ key, value, timestamp, partition }))).toEqual(
    messages.map(({ key, value, timestamp, partition }) => ({ key, value, timestamp, partition })),
  )
  expect(Object.fromEntries(read[7]!.headers)).toEqual({ n: '7', more: 'x' })
})

test('a group of platformatic goes on where it had stopped', async () => {
  await using broker = await start()
  await using producer = openProducer(broker, { idempotent: true })
  const send = async (all: readonly string[]): Promise<void> => {
    await producer.send({ messages: all.map((value) => ({ topic: 'a.pin', value })) })
  }
  await send(values(90))
  {
    await using consumer = openConsumer(broker)
    expect(numerically((await consume(consumer, 90)).map(({ value }) => value))).toEqual(values(90))
    expect(broker.group('readers')).toMatchObject({ state: 'Stable', memberIds: [consumer.memberId] })
  }
  expect(broker.group('readers')).toMatchObject({ state: 'Empty' })
  await send(values(30, 90))
  await using consumer = openConsumer(broker)
  expect(numerically((await consume(consumer, 30)).map(({ value }) => value))).toEqual(values(30, 90))
  expect(await committedOffsets(broker, 'readers', 'a.pin', 3)).toEqual([40n, 40n, 40n])
})

test('a transaction of platformatic is seen when it is committed, and never when it is aborted', async () => {
  await using broker = await start()
  await using producer = openProducer(broker, { idempotent: true, transactionalId: 'writer' })
  const send = async (value: string, end: 'commit' | 'abort'): Promise<void> => {
    const transaction = await producer.beginTransaction()
    await transaction.send({ messages: [0, 1, 2].map((partition) => ({ topic: 'a.pin', partition, value })) })
    expect(broker.partition('a.pin', 0)?.lastStableOffset).toBeLessThan(
      broker.partition('a.pin', 0)?.highWatermark ?? 0n,
    )
    await transaction[end]()
  }
  await send('first', 'commit')
  await send('second', 'abort')
  await send('third', 'commit')
  expect(broker.partition('a.pin', 0)).toMatchObject({ highWatermark: 6n, lastStableOffset: 6n })
  await using consumer = openConsumer(broker)
  const read = await consume(consumer, 6, { isolationLevel: 1 })
  expect(read.map(({ value }) => value).toSorted()).toEqual([
    ...Array.from({ length: 3 }, () => 'first'),
    ...Array.from({ length: 3 }, () => 'third'),
  ])
})

test('platformatic commits what it has read together with what it writes, or neither', async () => {
  await using broker = await startEmbeddedKafka({ topics: [...topics, { topic: 'a.copy' }], brokers: 3 })
  await using source = openProducer(broker)
  await source.send({ messages: values(4).map((value) => ({ topic: 'a.pin', partition: 0, value })) })
  await using producer = openProducer(broker, { idempotent: true, transactionalId: 'copier' })
  await using consumer = openConsumer(broker)
  const stream = await consumer.consume({ topics: ['a.pin'], mode: 'earliest', autocommit: false })
  const offsets: bigint[] = []
  for await (const message of stream) {
    const transaction = await producer.beginTransaction()
    await transaction.addConsumer(consumer)
    await transaction.send({ messages: [{ topic: 'a.copy', value: message.value }] })
    await transaction.addOffset(message)
    await (message.offset === 2n ? transaction.abort() : transaction.commit())
    offsets.push((await committedOffsets(broker, 'readers', 'a.pin', 1))[0] ?? -2n)
    if (message.offset === 3n) break
  }
  await stream.close()
  expect(offsets).toEqual([1n, 2n, 2n, 4n])
})
