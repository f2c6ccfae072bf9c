import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { openConsumer } from './consumer.ts'
import { apiKeys, startKafkaProxy } from './testing/kafka-proxy.ts'
import { committed, createTopic, fill, numbers, plainConnection, until } from './testing/kafka-topic.ts'
import { record } from './testing/recorder.ts'

const noop = (): Promise<void> => Promise.resolve()

stackTest(
  'every partition is read once, in order, from its earliest record; then it waits for more',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 3)
    await fill(kafka.bootstrapServers, topic, 3, 1_000)
    await using reader = await record(plainConnection(kafka.bootstrapServers), {
      groupId: topic,
      topics: [topic],
    })
    await until('3,000 records', () => reader.count() === 3_000)
    await fill(kafka.bootstrapServers, topic, 3, 10, 1_000)
    await until('30 more', () => reader.count() === 3_030)
    await reader.consumer.stop()
    expect(await reader.end).toBeUndefined()
    for (const partition of [0, 1, 2]) expect(reader.values.get(partition)).toEqual(numbers(1_010))
    expect(reader.events).toEqual(['assigned 0,1,2', 'revoked 0,1,2'])
  },
)

stackTest('a new consumer goes on at what was committed, outside of any handler', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 2)
  await fill(kafka.bootstrapServers, topic, 2, 100)
  await using first = await record(plainConnection(kafka.bootstrapServers), {
    groupId: topic,
    topics: [topic],
  })
  await until('200 records', () => first.count() === 200)
  expect(
    await first.consumer.commit([
      { topic, partition: 0, offset: 40n },
      { topic, partition: 1, offset: 100n },
    ]),
  ).toBe(true)
  await first.consumer.stop()
  expect(await committed(kafka.bootstrapServers, topic, topic)).toEqual([40n, 100n])
  await using second = await record(plainConnection(kafka.bootstrapServers), {
    groupId: topic,
    topics: [topic],
  })
  await until('60 records', () => second.count() === 60)
  expect(second.values.get(0)).toEqual(numbers(100, 40))
  expect(second.values.get(1)).toBeUndefined()
})

stackTest('the app may commit while it is told that it loses everything', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await fill(kafka.bootstrapServers, topic, 1, 10)
  await using consumer = await openConsumer(plainConnection(kafka.bootstrapServers), {
    groupId: topic,
    topics: [topic],
  })
  const seen = Promise.withResolvers<void>()
  const commits: boolean[] = []
  const running = consumer.run({
    assigned: () => Promise.resolve(),
    batch: () => Promise.resolve(seen.resolve()),
    async revoked() {
      commits.push(await consumer.commit([{ topic, partition: 0, offset: 10n }]))
    },
  })
  await seen.promise
  await consumer.stop()
  await running
  expect(commits).toEqual([true])
  expect(await committed(kafka.bootstrapServers, topic, topic)).toEqual([10n])
})

stackTest('the app says where a partition starts; it beats what was committed', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 2)
  await fill(kafka.bootstrapServers, topic, 2, 50)
  await using reader = await record(
    plainConnection(kafka.bootstrapServers),
    { groupId: topic, topics: [topic] },
    { assigned: () => Promise.resolve(new Map([[`${topic}/1`, 45n]])) },
  )
  await until('55 records', () => reader.count() === 55)
  expect(reader.values.get(1)).toEqual(numbers(50, 45))
  expect(reader.values.get(0)).toEqual(numbers(50))
})

stackTest(
  'a slow partition holds neither the others nor the membership',
  { timeout: 60_000 },
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await fill(kafka.bootstrapServers, topic, 2, 10)
    const slow = Promise.withResolvers<void>()
    await using reader = await record(
      plainConnection(kafka.bootstrapServers),
      { groupId: topic, topics: [topic], sessionTimeoutMs: 1_500, heartbeatIntervalMs: 300 },
      { batch: ({ partition }) => (partition === 0 ? slow.promise : Promise.resolve()) },
    )
    for (let round = 1; round <= 5; round++) {
      await fill(kafka.bootstrapServers, topic, 2, 10, round * 10)
      await until(
        `round ${round} of the other partition`,
        () => reader.values.get(1)?.length === round * 10 + 10,
      )
      await new Promise((resolve) => {
        setTimeout(resolve, 500)
      })
    }
    expect(reader.values.get(0)).toBeUndefined()
    slow.resolve()
    await until('the slow partition', () => reader.values.get(0)?.length === 60)
    expect(reader.values.get(0)).toEqual(numbers(60))
    expect(reader.events).toEqual(['assigned 0,1'])
    expect(await reader.consumer.commit([{ topic, partition: 0, offset: 60n }])).toBe(true)
  },
)

stackTest(
  'a paused partition is not delivered until it is resumed, and then without a gap',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await fill(kafka.bootstrapServers, topic, 2, 10)
    await using reader = await record(plainConnection(kafka.bootstrapServers), {
      groupId: topic,
      topics: [topic],
    })
    await until('20 records', () => reader.count() === 20)
    reader.consumer.pause([{ topic, partition: 0 }])
    await fill(kafka.bootstrapServers, topic, 2, 10, 10)
    await until('the other partition', () => reader.values.get(1)?.length === 20)
    await fill(kafka.bootstrapServers, topic, 2, 10, 20)
    await until('the other partition again', () => reader.values.get(1)?.length === 30)
    expect(reader.values.get(0)).toHaveLength(10)
    reader.consumer.resume([{ topic, partition: 0 }])
    await until('the resumed partition', () => reader.values.get(0)?.length === 30)
    expect(reader.values.get(0)).toEqual(numbers(30))
  },
)

stackTest('a lost connection is survived: every record once', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 2)
  await using proxy = await startKafkaProxy(kafka.bootstrapServers)
  await using reader = await record(plainConnection(proxy.address), { groupId: topic, topics: [topic] })
  await until('it consumes', () => proxy.requests(apiKeys.fetch) > 0)
  for (let round = 0; round < 4; round++) {
    proxy.inject(apiKeys.fetch, 1, { kind: 'hang-up' })
    await fill(kafka.bootstrapServers, topic, 2, 50, round * 50)
    await until('the round', () => reader.count() === (round + 1) * 100 && proxy.injected === round + 1)
  }
  expect(reader.values.get(0)).toEqual(numbers(200))
  expect(reader.values.get(1)).toEqual(numbers(200))
})

stackTest('an unknown topic is refused when the consumer opens', async ({ kafka }) => {
  const opening = openConsumer(plainConnection(kafka.bootstrapServers), {
    groupId: 'g',
    topics: ['no-such-topic'],
  })
  await expect(opening).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC', exitCode: 1 })
})

stackTest('an error of `revoked` at a stop is not lost', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  const thrown = new Error('could not flush')
  await using reader = await record(
    plainConnection(kafka.bootstrapServers),
    { groupId: topic, topics: [topic] },
    { revoked: () => Promise.reject(thrown) },
  )
  await until('it is assigned', () => reader.events.length === 1)
  await reader.consumer.stop()
  expect(await reader.end).toBe(thrown)
})

stackTest('a consumer runs once', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using reader = await record(plainConnection(kafka.bootstrapServers), {
    groupId: topic,
    topics: [topic],
  })
  const again = reader.consumer.run({ assigned: noop, revoked: noop, batch: noop })
  await expect(again).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})
