/** A cluster of two nodes of which one is down: what it holds alone has no leader, and everything else goes on. */

import { type KafkaServer, startKafka } from '@pinpipe/local-stack/kafka'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { openAdmin, openReadOnlyAdmin } from './admin.ts'
import { openProducer } from './producer.ts'
import { type Fault, type KafkaProxy, apiKeys, startKafkaProxy } from './testing/kafka-proxy.ts'
import { plainConnection, until } from './testing/kafka-topic.ts'

const topic = 'half-down'
const copied = 'copied'

let server: KafkaServer | undefined
/** The node that is up. */
let broker = ''

beforeAll(async () => {
  if (inject('stack').missing.includes('kafka')) return
  server = await startKafka({ nodes: 2, properties: { 'max.request.partition.size.limit': '2' } })
  broker = server.bootstrapServers.split(',')[0] ?? ''
  await using admin = await openAdmin(plainConnection(broker))
  await admin.createTopics([
    { topic, replicaAssignment: [[1], [2], [1]] },
    { topic: copied, replicaAssignment: [[1, 2]], configs: { 'min.insync.replicas': '2' } },
  ])
  await server.nodes[1]?.stop()
  await until('a partition without a leader', async () => {
    const [description] = await admin.describeTopics([topic])
    return description?.partitions[1]?.leader === -1
  })
})

afterAll(async () => {
  await server?.stop()
})

const described = {
  topic,
  topicId: expect.stringMatching(/^[\w-]{22}$/) as string,
  internal: false,
  partitions: [
    { partition: 0, leader: 1, replicas: [1], isr: [1], offline: [] },
    { partition: 1, leader: -1, replicas: [2], isr: [], offline: [2] },
    { partition: 2, leader: 1, replicas: [1], isr: [1], offline: [] },
  ],
}

describe('a partition without a leader', () => {
  stackTest('is described with its eligible leaders, over several answers', async ({ kafka: _kafka }) => {
    await using proxy = await startKafkaProxy(broker)
    await using admin = await openReadOnlyAdmin(plainConnection(proxy.address))
    const [found, other] = await admin.describeTopics([topic, copied])
    const wasInSync = [[], [2], []]
    expect(found).toEqual({
      ...described,
      partitions: described.partitions.map((one, at) => ({
        ...one,
        elr: wasInSync[at],
        lastKnownElr: wasInSync[at],
      })),
    })
    expect(other).toMatchObject({
      topic: copied,
      partitions: [{ leader: 1, replicas: [1, 2], isr: [1], offline: [2], elr: [2] }],
    })
    expect(proxy.requests(apiKeys.describeTopicPartitions)).toBeGreaterThan(1)
  })

  stackTest('is described with its topic id by a broker of Kafka 2.8', async ({ kafka: _kafka }) => {
    await using proxy = await brokerThatOffers({ [apiKeys.metadata]: 11 })
    await using admin = await openReadOnlyAdmin(plainConnection(proxy.address))
    expect(await admin.describeTopics([topic])).toEqual([described])
    expect(proxy.requests(apiKeys.describeTopicPartitions)).toBe(0)
    expect(proxy.injected).toBeGreaterThan(0)
  })

  stackTest('is described by an older broker', async ({ kafka: _kafka }) => {
    await using proxy = await brokerThatOffers({ [apiKeys.metadata]: 8 })
    await using admin = await openReadOnlyAdmin(plainConnection(proxy.address))
    const { topicId: _id, ...withoutId } = described
    expect(await admin.describeTopics([topic])).toEqual([withoutId])
    expect(proxy.injected).toBeGreaterThan(0)
  })

  stackTest('keeps nothing else from working', async ({ kafka: _kafka }) => {
    const connection = plainConnection(broker)
    await using admin = await openAdmin(connection)
    expect(await admin.listTopics()).toEqual([copied, topic])
    await admin.createPartitions(topic, 4, [[1]])
    await admin.setTopicConfigs(topic, { 'retention.ms': '60000' })
    expect((await admin.topicConfigs([topic])).get(topic)).toContainEqual(
      expect.objectContaining({ name: 'retention.ms', value: '60000' }),
    )
    await using producer = await openProducer(connection)
    const own = unique('own')
    await admin.createTopics([{ topic: own, replicaAssignment: [[1]] }])
    const records = [{ key: '1', value: 'a' }]
    expect(await producer.send({ topic: own, partition: 0, records })).toEqual({ baseOffset: 0n })
    await expect(admin.watermarks(topic)).rejects.toMatchObject({ code: 'UNREACHABLE', canRetry: true })
  })
})

/** A proxy to a broker that seems to be older: no DescribeTopicPartitions, and lower versions. */
async function brokerThatOffers(highest: Readonly<Record<number, number>>): Promise<KafkaProxy> {
  const proxy = await startKafkaProxy(broker)
  // Version 2: error code, then [key, lowest, highest].
  const older: Fault = {
    kind: 'change',
    answer: (body) => {
      const changed = Buffer.from(body)
      for (let at = 6; at + 6 <= 6 + changed.readInt32BE(2) * 6; at += 6) {
        const key = changed.readInt16BE(at)
        if (key === apiKeys.describeTopicPartitions) changed.writeInt16BE(-1, at)
        const limit = highest[key]
        if (limit !== undefined) changed.writeInt16BE(limit, at + 4)
      }
      return changed
    },
  }
  proxy.inject(apiKeys.apiVersions, Number.POSITIVE_INFINITY, older)
  return proxy
}
