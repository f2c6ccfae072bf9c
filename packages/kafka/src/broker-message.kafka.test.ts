/** `KafkaError.brokerMessage`: what the broker says about a refused change, word for word. */

import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { type ClusterAdmin, openAdmin } from './admin.ts'
import { createTopic, plainConnection } from './testing/kafka-topic.ts'

type Change = (admin: ClusterAdmin, topic: string) => Promise<void>

const refusals: readonly (readonly [string, Change, string])[] = [
  ['create', (admin, topic) => admin.createTopics([{ topic }]), "Topic 'NAME' already exists."],
  [
    'grow',
    (admin, topic) => admin.createPartitions(topic, 1),
    'The topic NAME currently has 2 partition(s); 1 would not be an increase.',
  ],
  [
    'configure',
    (admin, topic) => admin.setTopicConfigs(topic, { 'retention.ms': 'soon' }),
    'Invalid value soon for configuration retention.ms: Not a number of type LONG',
  ],
]

describe('the words of the broker', () => {
  stackTest.for(refusals)('%s', async ([, change, words], { kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    const brokerMessage = words.replace('NAME', topic)
    await expect(change(admin, topic)).rejects.toMatchObject({ brokerMessage })
  })

  stackTest('are those about the first of several topics', async ({ kafka }) => {
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    const topics = [
      { topic: unique('a'), partitions: 0 },
      { topic: unique('b'), replicationFactor: 9 },
    ]
    await expect(admin.createTopics(topics)).rejects.toMatchObject({
      brokerMessage: 'Number of partitions was set to an invalid non-positive value.',
    })
  })
})
