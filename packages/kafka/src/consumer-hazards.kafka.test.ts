/** Where kafkajs loses or doubles records, stops or jumps: each hazard by its number. */

import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { openReadOnlyAdmin } from './admin.ts'
import { kafkaOf } from './kafka-client.ts'
import { openProducer } from './producer.ts'
import { apiKeys, startKafkaProxy } from './testing/kafka-proxy.ts'
import { committed, createTopic, fill, numbers, plainConnection, until } from './testing/kafka-topic.ts'
import { recordsOf } from './record-cursor.ts'
import { record } from './testing/recorder.ts'

const offsetOutOfRange = 1

stackTest('K7: a commit that does not happen says so', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await fill(kafka.bootstrapServers, topic, 1, 10)
  await using reader = await record(plainConnection(kafka.bootstrapServers), {
    groupId: topic,
    topics: [topic],
  })
  await until('10 records', () => reader.count() === 10)
  expect(await reader.consumer.commit([{ topic, partition: 7, offset: 5n }])).toBe(false)
  await reader.consumer.stop()
  expect(await reader.consumer.commit([{ topic, partition: 0, offset: 5n }])).toBe(false)
  expect(await committed(kafka.bootstrapServers, topic, topic)).toEqual([undefined])
})

stackTest(
  'K8: a rebalance revokes all, assigns anew, and delivers nothing twice within an assignment',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 4)
    await fill(kafka.bootstrapServers, topic, 4, 200)
    const options = { groupId: topic, topics: [topic], heartbeatIntervalMs: 200 }
    const connection = plainConnection(kafka.bootstrapServers)
    const since = new Map<number, string[]>()
    await using first = await record(connection, options, {
      assigned: () => Promise.resolve(since.clear()),
      batch({ partition, records }) {
        const values = Array.from(recordsOf(records), ({ value }) => String(value))
        since.set(partition, [...(since.get(partition) ?? []), ...values])
        return Promise.resolve()
      },
    })
    await until('800 records', () => first.count() === 800)
    await first.consumer.commit([0, 1, 2, 3].map((partition) => ({ topic, partition, offset: 150n })))
    await using second = await record(connection, options)
    await until('both have two partitions', () => first.events.length === 3 && second.events.length > 0)
    await until('the uncommitted rest', () => [...since.values()].flat().length + second.count() === 200)
    expect(first.events[0]).toBe('assigned 0,1,2,3')
    expect(first.events[1]).toBe('revoked 0,1,2,3')
    for (const values of [...since.values(), ...second.values.values()])
      expect(values).toEqual(numbers(200, 150))
    await second.consumer.stop()
    await until('the first has all again', () => first.events.at(-1) === 'assigned 0,1,2,3')
    await until('the rest again', () => [...since.values()].flat().length === 200)
  },
)

stackTest(
  'K8: what was fetched before a rebalance is dropped, also while its handler runs',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 1)
    await fill(kafka.bootstrapServers, topic, 1, 10)
    const options = { groupId: topic, topics: [topic], heartbeatIntervalMs: 200 }
    const connection = plainConnection(kafka.bootstrapServers)
    const slow = Promise.withResolvers<void>()
    const order: string[] = []
    let calls = 0
    await using first = await record(connection, options, {
      async batch({ firstOffset }) {
        calls += 1
        order.push(`start ${firstOffset}`)
        if (calls === 1) await slow.promise
        order.push(`end ${firstOffset}`)
      },
    })
    await until('the handler runs', () => calls === 1)
    await fill(kafka.bootstrapServers, topic, 1, 10, 10)
    await using second = await record(connection, options)
    await until('the first lost its partition, or got it again', () => first.events.length >= 3)
    await second.consumer.stop()
    await until('the first has it again', () => first.events.at(-1) === 'assigned 0')
    expect(order).toEqual(['start 0'])
    slow.resolve()
    await until('everything again, from what was committed', () => first.count() >= 30)
    expect(order.slice(0, 3)).toEqual(['start 0', 'end 0', 'start 0'])
  },
)

stackTest(
  'K9: an offset that is not in the log is an error, and the group keeps what it had',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 1)
    await fill(kafka.bootstrapServers, topic, 1, 10)
    await using reader = await record(
      plainConnection(kafka.bootstrapServers),
      { groupId: topic, topics: [topic] },
      { assigned: () => Promise.resolve(new Map([[`${topic}/0`, 11n]])) },
    )
    expect(await reader.end).toMatchObject({ code: 'OFFSET_OUT_OF_RANGE', exitCode: 1 })
    expect(String(await reader.end)).toContain(
      `could not go on at offset 11 of topic ${topic}, partition 0: the log holds 0 to 10`,
    )
    expect(await committed(kafka.bootstrapServers, topic, topic)).toEqual([undefined])
  },
)

stackTest(
  'K9: an offset that leaves the log while it is read leads to a new assignment, not to a silent jump',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 1)
    await fill(kafka.bootstrapServers, topic, 1, 10)
    await using proxy = await startKafkaProxy(kafka.bootstrapServers)
    await using reader = await record(plainConnection(proxy.address), { groupId: topic, topics: [topic] })
    await until('10 records', () => reader.count() === 10)
    expect(await reader.consumer.commit([{ topic, partition: 0, offset: 10n }])).toBe(true)
    proxy.inject(apiKeys.fetch, 1, {
      kind: 'change',
      // Throttle time, error, session id, one topic with its name, one partition with its number, error.
      answer: (body) => {
        const changed = Buffer.from(body)
        changed.writeInt16BE(offsetOutOfRange, 4 + 2 + 4 + 4 + 2 + topic.length + 4 + 4)
        return changed
      },
    })
    await until('the app is asked again', () => reader.events.length === 3)
    expect(reader.events).toEqual(['assigned 0', 'revoked 0', 'assigned 0'])
    expect(proxy.injected).toBe(1)
    expect(await committed(kafka.bootstrapServers, topic, topic)).toEqual([10n])
    await fill(kafka.bootstrapServers, topic, 1, 5, 10)
    await until('5 more', () => reader.count() === 15)
    expect(reader.values.get(0)).toEqual(numbers(15))
  },
)

stackTest.for([new TypeError('x is not a function'), new Error('the disk is full')])(
  'K10: a handler that throws ends the run with that very error, without a restart (%s)',
  async (thrown, { kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 1)
    await fill(kafka.bootstrapServers, topic, 1, 10)
    let calls = 0
    await using reader = await record(
      plainConnection(kafka.bootstrapServers),
      { groupId: topic, topics: [topic] },
      {
        batch() {
          calls += 1
          return Promise.reject(thrown)
        },
      },
    )
    expect(await reader.end).toBe(thrown)
    expect(calls).toBe(1)
    expect(reader.events).toEqual(['assigned 0', 'revoked 0'])
  },
)

stackTest(
  'K12: control records and aborted records move the position and are never delivered',
  async ({ kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 1)
    const connection = plainConnection(kafka.bootstrapServers)
    await using producer = await openProducer(connection, { transactionalId: unique('tx') })
    await producer.send({ topic, partition: 0, records: [{ key: '1', value: 'a' }] })
    await producer.send({ topic, partition: 0, records: [{ key: '2', value: 'b' }] })
    await abortOne(kafka.bootstrapServers, topic)
    await using admin = await openReadOnlyAdmin(connection)
    expect(await admin.watermarks(topic)).toEqual([{ partition: 0, low: 0n, high: 6n }])
    const ranges: string[] = []
    await using reader = await record(
      connection,
      { groupId: topic, topics: [topic] },
      {
        batch({ firstOffset, lastOffset }) {
          ranges.push(`${firstOffset}-${lastOffset}`)
          return Promise.resolve()
        },
      },
    )
    await until('two records', () => reader.count() === 2)
    await producer.send({ topic, partition: 0, records: [{ key: '3', value: 'c' }] })
    await until('the third', () => reader.count() === 3)
    expect(reader.values.get(0)).toEqual(['a', 'b', 'c'])
    expect([...ranges, ...reader.skipped.map((next) => `skipped to ${next}`)].join(' ')).toMatch(
      /0-5|skipped to 6/,
    )
    await abortOne(kafka.bootstrapServers, topic)
    await until('the position passed the aborted batch', () => reader.skipped.includes(10n))
    expect(reader.count()).toBe(3)
  },
)

/** A transaction that is rolled back: one record and one control record that nobody may see. */
async function abortOne(brokers: string, topic: string): Promise<void> {
  const bare = kafkaOf(plainConnection(brokers), { retries: 3 }).producer({
    transactionalId: unique('tx'),
    maxInFlightRequests: 1,
    idempotent: true,
  })
  await bare.connect()
  const transaction = await bare.transaction()
  await transaction.send({ topic, messages: [{ value: 'aborted' }] })
  await transaction.abort()
  await bare.disconnect()
}

stackTest('K18: no fetch is held by the broker for longer than half a second', async ({ kafka }) => {
  const topic = await createTopic(kafka.bootstrapServers, 1)
  await using proxy = await startKafkaProxy(kafka.bootstrapServers)
  const waits: number[] = []
  proxy.inject(apiKeys.fetch, 1, { kind: 'hang-up' }, (request) => {
    // Header, client id, replica id, max wait.
    waits.push(request.readInt32BE(8 + 2 + request.readInt16BE(8) + 4))
    return false
  })
  await using reader = await record(plainConnection(proxy.address), {
    groupId: topic,
    topics: [topic],
    maxWaitMs: 5_000,
  })
  await until('some fetches', () => waits.length > 2)
  await reader.consumer.stop()
  expect(await reader.end).toBeUndefined()
  expect(Math.max(...waits)).toBeLessThanOrEqual(500)
})
