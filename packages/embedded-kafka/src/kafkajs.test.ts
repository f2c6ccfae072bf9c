import { openConsumer } from '@pinpipe/kafka/consumer'
import { openProducer } from '@pinpipe/kafka/producer'
import { recordsOf } from '@pinpipe/kafka/record-cursor'
import { expect, test } from 'vitest'
import { startEmbeddedKafka } from './embedded-kafka.ts'

test('the project’s producer and consumer run against it, with a group', async () => {
  await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions: 3 }] })
  const connection = { clientId: 'test', brokers: [broker.bootstrapServers], tls: false as const }
  await using producer = await openProducer(connection)
  for (const partition of [0, 1, 2])
    await producer.send({
      topic: 'a.pin',
      partition,
      records: Array.from({ length: 100 }, (_, n) => ({ key: 'k', value: `${partition}-${n}` })),
    })
  const values = new Set<string>()
  await using consumer = await openConsumer(connection, { groupId: 'g', topics: ['a.pin'] })
  await consumer.run({
    assigned: () => Promise.resolve(),
    revoked: () => Promise.resolve(),
    batch: ({ topic, partition, lastOffset, records }) => {
      for (const { value } of recordsOf(records)) values.add(String(value))
      if (values.size === 300) void consumer.stop()
      return consumer.commit([{ topic, partition, offset: lastOffset + 1n }]).then(() => undefined)
    },
  })
  expect(values.size).toBe(300)
})
