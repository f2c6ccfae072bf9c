/** Clients of @platformatic/kafka with quick retries, closed with their scope. */

import {
  Consumer,
  type ConsumerOptions,
  Producer,
  type ProducerOptions,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { type EmbeddedKafka } from '../../embedded-kafka.ts'

export type TextProducer = Producer<string, string, string, string> & AsyncDisposable
export type TextConsumer = Consumer<string, string, string, string> & AsyncDisposable

const quick = { retryDelay: 10, connectTimeout: 5_000 }

export function openProducer(
  broker: EmbeddedKafka,
  options: Partial<ProducerOptions<string, string, string, string>> = {},
): TextProducer {
  const producer = new Producer<string, string, string, string>({
    ...quick,
    clientId: 'platformatic-producer',
    bootstrapBrokers: broker.bootstrapServers.split(','),
    serializers: stringSerializers,
    ...options,
  })
  return Object.assign(producer, {
    async [Symbol.asyncDispose]() {
      await producer.close(true)
    },
  })
}

/** A member of the group `readers`, unless another is named. */
export function openConsumer(
  broker: EmbeddedKafka,
  options: Partial<ConsumerOptions<string, string, string, string>> = {},
): TextConsumer {
  const consumer = new Consumer<string, string, string, string>({
    ...quick,
    clientId: 'platformatic-consumer',
    groupId: 'readers',
    bootstrapBrokers: broker.bootstrapServers.split(','),
    deserializers: stringDeserializers,
    sessionTimeout: 10_000,
    heartbeatInterval: 100,
    maxWaitTime: 100,
    ...options,
  })
  return Object.assign(consumer, {
    async [Symbol.asyncDispose]() {
      await consumer.close(true)
    },
  })
}
