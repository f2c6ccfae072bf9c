import { startEmbeddedKafka } from '@pinpipe/embedded-kafka'
import { Kafka, Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'

test('what is sent arrives', async () => {
  await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions: 3 }] })
  const kafka = new Kafka({ clientId: 'test', brokers: broker.bootstrapServers.split(',') })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  await producer.send({ topic: 'a.pin', messages: [{ key: 'k', value: 'v', partition: 0 }] })
  await producer.disconnect()
  expect(broker.partition('a.pin', 0)?.highWatermark).toBe(1n)
})
