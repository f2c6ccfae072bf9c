/** What `patches/kafkajs@2.2.4.patch` mends, on a broker whose logins live for four seconds. */

import { type KafkaFacts, startKafka } from '@pinpipe/local-stack/kafka'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect, vi } from 'vitest'
import { openAdmin } from './admin.ts'
import { type KafkaConnection } from './connection.ts'
import { KafkaError } from './errors.ts'
import { openProducer } from './producer.ts'
import { type Fault, type KafkaProxy, apiKeys, startKafkaProxy } from './testing/kafka-proxy.ts'
import { createTopic, plainConnection, until } from './testing/kafka-topic.ts'
import { record } from './testing/recorder.ts'

const refusal: Fault = {
  kind: 'change',
  answer: (body) => {
    const changed = Buffer.from(body)
    changed.writeInt16BE(58, 0)
    return changed
  },
}

function loginThrough(proxy: KafkaProxy, kafka: KafkaFacts): KafkaConnection {
  return { ...plainConnection(proxy.address), sasl: { mechanism: 'plain', ...kafka.user } }
}

// `kafka` of the run is not used, but without Kafka this test is skipped like the others.
const shortSessions = stackTest.extend<{ short: KafkaFacts }>({
  short: async ({ kafka: _kafka }, use) => {
    await using server = await startKafka({ properties: { 'connections.max.reauth.ms': '4000' } })
    await use(server)
  },
})

shortSessions(
  'K5: a session shorter than the threshold logs in again before its end, not at every request',
  { timeout: 60_000 },
  async ({ short }) => {
    await using proxy = await startKafkaProxy(short.listeners.saslPlain)
    const topic = await createTopic(short.bootstrapServers, 1)
    await using producer = await openProducer(loginThrough(proxy, short))
    const send = (): Promise<unknown> =>
      producer.send({ topic, partition: 0, records: [{ key: '1', value: 'a' }] })
    await send()
    const logins = proxy.requests(apiKeys.saslAuthenticate)
    for (let n = 0; n < 50; n++) await send()
    expect(proxy.requests(apiKeys.saslAuthenticate)).toBe(logins)
    await until('a second login while it sends', async () => {
      await send()
      return proxy.requests(apiKeys.saslAuthenticate) > logins
    })
  },
)

shortSessions(
  'K4: a consumer whose second login is refused starts again, and reads every record once per assignment',
  { timeout: 60_000 },
  async ({ short }) => {
    await using proxy = await startKafkaProxy(short.listeners.saslPlain)
    const topic = await createTopic(short.bootstrapServers, 1)
    const connection = loginThrough(proxy, short)
    await using producer = await openProducer({ ...plainConnection(short.bootstrapServers) })
    await producer.send({ topic, partition: 0, records: [{ key: '1', value: 'a' }] })
    await using reader = await record(connection, {
      groupId: topic,
      topics: [topic],
      sessionTimeoutMs: 4_000,
      heartbeatIntervalMs: 500,
    })
    await until('the first record', () => reader.count() === 1)
    expect(await reader.consumer.commit([{ topic, partition: 0, offset: 1n }])).toBe(true)
    proxy.inject(apiKeys.saslAuthenticate, 1, refusal)
    await until('the login is refused', () => proxy.injected === 1)
    await until('it starts again', () => reader.events.length === 3)
    await producer.send({ topic, partition: 0, records: [{ key: '2', value: 'b' }] })
    await until('the second record', () => reader.count() === 2)
    expect(reader.events).toEqual(['assigned 0', 'revoked 0', 'assigned 0'])
    expect(reader.values.get(0)).toEqual(['a', 'b'])
  },
)

shortSessions(
  'K4: logins that stay refused end the run with exit code 4',
  { timeout: 90_000 },
  async ({ short }) => {
    await using proxy = await startKafkaProxy(short.listeners.saslPlain)
    const topic = await createTopic(short.bootstrapServers, 1)
    await using reader = await record(loginThrough(proxy, short), {
      groupId: topic,
      topics: [topic],
      sessionTimeoutMs: 4_000,
      heartbeatIntervalMs: 500,
    })
    await until('it consumes', () => reader.events.length === 1)
    proxy.inject(apiKeys.saslAuthenticate, 1_000, refusal)
    expect(await reader.end).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
    expect(proxy.injected).toBeGreaterThan(1)
    expect(reader.events).toEqual(['assigned 0', 'revoked 0'])
  },
)

shortSessions(
  'K4: a producer whose second login is refused has its batch back, sends it again, and every record is there once',
  { timeout: 60_000 },
  async ({ short }) => {
    await using proxy = await startKafkaProxy(short.listeners.saslPlain)
    const topic = await createTopic(short.bootstrapServers, 1)
    await using producer = await openProducer(loginThrough(proxy, short))
    let sent = 0
    const send = async (): Promise<void> => {
      await producer.send({ topic, partition: 0, records: [{ key: '1', value: String(sent) }] })
      sent += 1
    }
    await send()
    proxy.inject(apiKeys.saslAuthenticate, 1, refusal)
    let refused: unknown
    await until('a send that is refused', async () => {
      refused = await send().catch((error: unknown) => error)
      return refused !== undefined
    })
    expect(refused).toMatchObject({ code: 'AUTHENTICATION_FAILED', canRetry: true })
    expect(proxy.injected).toBe(1)
    for (let n = 0; n < 3; n++) await send()
    await using admin = await openAdmin(plainConnection(short.bootstrapServers))
    expect(await admin.watermarks(topic)).toEqual([{ partition: 0, low: 0n, high: BigInt(sent) }])
  },
)

shortSessions(
  "K4: a producer's logins that stay refused are for good after 15 s, with exit code 4",
  { timeout: 60_000 },
  async ({ short }) => {
    await using proxy = await startKafkaProxy(short.listeners.saslPlain)
    const topic = await createTopic(short.bootstrapServers, 1)
    await using producer = await openProducer(loginThrough(proxy, short))
    const send = (): Promise<unknown> =>
      producer.send({ topic, partition: 0, records: [{ key: '1', value: 'a' }] })
    await send()
    proxy.inject(apiKeys.saslAuthenticate, 1_000_000, refusal)
    let final: unknown
    await until('a refusal for good', async () => {
      final = await send().catch((error: unknown) => error)
      return final instanceof KafkaError && !final.canRetry
    })
    expect(final).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
    expect(proxy.injected).toBeGreaterThan(2)
  },
)

stackTest('K6: an idle client sets no timer with a negative delay', async ({ kafka }) => {
  const spy = vi.spyOn(globalThis, 'setTimeout')
  try {
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    await admin.cluster()
    const delays = spy.mock.calls.map(([, delay]) => delay ?? 0)
    expect(delays.length).toBeGreaterThan(0)
    expect(delays.filter((delay) => delay < 0)).toEqual([])
  } finally {
    spy.mockRestore()
  }
})
