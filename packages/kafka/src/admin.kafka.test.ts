import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { openAdmin, openReadOnlyAdmin } from './admin.ts'
import { openProducer } from './producer.ts'
import { apiKeys, startKafkaProxy } from './testing/kafka-proxy.ts'
import { createTopic, plainConnection } from './testing/kafka-topic.ts'

const groupAuthorizationFailed = 30

stackTest('a topic is created as asked', async ({ kafka }) => {
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  const topic = unique('made')
  await admin.createTopics([
    { topic, partitions: 3, replicationFactor: 1, configs: { 'retention.ms': '60000' } },
  ])
  const [description] = await admin.describeTopics([topic])
  expect(description).toMatchObject({ topic, internal: false })
  expect(description?.partitions.map(({ partition, replicas }) => [partition, replicas.length])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
  ])
})

stackTest(
  "without numbers, the brokers' defaults count; an assignment names its nodes",
  async ({ kafka }) => {
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    const [first, second] = [unique('default'), unique('assigned')]
    const [node] = (await admin.cluster()).brokers
    await admin.createTopics([
      { topic: first },
      { topic: second, replicaAssignment: [[node!.nodeId], [node!.nodeId]] },
    ])
    const counts = (await admin.describeTopics([second, first])).map(({ topic, partitions }) => [
      topic,
      partitions.length,
    ])
    expect(counts).toEqual([
      [second, 2],
      [first, 1],
    ])
  },
)

stackTest('a dry run creates nothing', async ({ kafka }) => {
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  const topic = unique('dry')
  await admin.createTopics([{ topic, partitions: 2 }], { validateOnly: true })
  expect(await admin.listTopics()).not.toContain(topic)
})

stackTest('what cannot be created is said per topic, and the others are made', async ({ kafka }) => {
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  const [good, copies, config] = [unique('good'), unique('copies'), unique('config')]
  const creating = admin.createTopics([
    { topic: good },
    { topic: copies, replicationFactor: 3 },
    { topic: config, configs: { 'retention.ms': 'soon' } },
  ])
  await expect(creating).rejects.toThrow(
    new RegExp(
      `topic ${config}: .*does not take this configuration.*topic ${copies}: the replication factor is not possible`,
    ),
  )
  expect(await admin.listTopics()).toContain(good)
})

stackTest.for([
  [{ topic: 'no spaces allowed' }, 'INVALID_TOPIC'],
  [{ topic: 'zero', partitions: 0 }, 'INVALID_PARTITIONS'],
  [{ topic: 'copies', replicationFactor: 9 }, 'INVALID_REPLICATION'],
  [{ topic: 'nodes', replicaAssignment: [[4711]] }, 'INVALID_REPLICATION'],
  [{ topic: 'config', configs: { 'no.such.config': '1' } }, 'INVALID_CONFIG'],
] as const)('refused: %j is %s', async ([topic, code], { kafka }) => {
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  await expect(admin.createTopics([topic])).rejects.toMatchObject({ code, exitCode: 1 })
})

stackTest('a topic that exists is not made again', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  await expect(admin.createTopics([{ topic }])).rejects.toMatchObject({ code: 'TOPIC_EXISTS' })
  await expect(admin.createTopics([{ topic }])).rejects.toThrow(
    `could not create topic ${topic}: the topic exists already`,
  )
})

stackTest('partitions are added, never taken away', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 2)
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  await admin.createPartitions(topic, 4)
  const [description] = await admin.describeTopics([topic])
  expect(description?.partitions).toHaveLength(4)
  await expect(admin.createPartitions(topic, 3)).rejects.toMatchObject({ code: 'INVALID_PARTITIONS' })
  await expect(admin.createPartitions('no-such-topic', 3)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' })
})

stackTest('a deleted topic is gone, can be made anew, and leaves the client usable', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  await admin.watermarks(topic)
  await using other = await openAdmin(plainConnection(kafka.bootstrapServers))
  await other.deleteTopics([topic])
  await expect(admin.describeTopics([topic])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' })
  await expect(admin.deleteTopics([topic])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' })
  await admin.createTopics([{ topic, partitions: 2 }])
  await admin.deleteTopics([topic])
  expect(await admin.listTopics()).not.toContain(topic)
  await admin.createTopics([{ topic, partitions: 5 }])
  expect((await admin.watermarks(topic)).map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4])
})

stackTest('K13: setting one override keeps the others, removing one removes only that', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1, {
    'retention.ms': '60000',
    'segment.bytes': '2000000',
  })
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  const overrides = async (): Promise<Record<string, string | null>> => {
    const entries = (await admin.topicConfigs([topic])).get(topic) ?? []
    return Object.fromEntries(
      entries.filter(({ source }) => source === 'topic').map(({ name, value }) => [name, value]),
    )
  }
  await admin.setTopicConfigs(topic, { 'cleanup.policy': 'compact' })
  expect(await overrides()).toEqual({
    'retention.ms': '60000',
    'segment.bytes': '2000000',
    'cleanup.policy': 'compact',
  })
  await admin.setTopicConfigs(topic, { 'retention.ms': '70000' }, ['segment.bytes'])
  expect(await overrides()).toEqual({ 'retention.ms': '70000', 'cleanup.policy': 'compact' })
  await expect(admin.setTopicConfigs(topic, { 'retention.ms': 'soon' })).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
  })
  expect(await overrides()).toEqual({ 'retention.ms': '70000', 'cleanup.policy': 'compact' })
  await expect(admin.setTopicConfigs('no-such-topic', {})).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' })
})

stackTest('watermarks are the log start offset and the high watermark', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 2)
  await using producer = await openProducer(plainConnection(kafka.bootstrapServers))
  await producer.send({
    topic,
    partition: 1,
    records: [
      { key: '1', value: 'a' },
      { key: '2', value: 'b' },
    ],
  })
  await using admin = await openReadOnlyAdmin(plainConnection(kafka.bootstrapServers))
  expect(await admin.watermarks(topic)).toEqual([
    { partition: 0, low: 0n, high: 0n },
    { partition: 1, low: 0n, high: 2n },
  ])
  await expect(admin.watermarks('no-such-topic')).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' })
})

stackTest(
  'K16: nothing committed is undefined, and an error of the answer is an error, never "nothing"',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await using proxy = await startKafkaProxy(kafka.bootstrapServers)
    await using admin = await openReadOnlyAdmin(plainConnection(proxy.address))
    expect(await admin.committedOffsets('no-such-group', topic)).toEqual([
      { partition: 0, offset: undefined },
      { partition: 1, offset: undefined },
    ])
    proxy.inject(apiKeys.offsetFetch, 1, {
      kind: 'change',
      // Throttle time, one topic with its name, two partitions; the first: number, offset, metadata, error.
      answer: (body) => {
        const changed = Buffer.from(body)
        const metadata = 4 + 4 + 2 + topic.length + 4 + 4 + 8
        changed.writeInt16BE(
          groupAuthorizationFailed,
          metadata + 2 + Math.max(0, changed.readInt16BE(metadata)),
        )
        return changed
      },
    })
    await expect(admin.committedOffsets('no-such-group', topic)).rejects.toMatchObject({
      code: 'AUTHORIZATION_FAILED',
    })
    expect(proxy.injected).toBe(1)
  },
)

stackTest(
  'K17: the brokers of the stack still speak the versions that the client needs',
  async ({ kafka }) => {
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    const cluster = await admin.cluster()
    expect(cluster.clusterId).not.toBe('')
    expect(cluster.brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(
      kafka.bootstrapServers.split(','),
    )
    const [description] = await admin.describeTopics([await createTopic(kafka.bootstrapServers, 1)])
    expect(description?.topicId).toMatch(/^[\w-]{22}$/)
  },
)
