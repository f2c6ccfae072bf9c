/**
 * More than an hour on MSK in some seconds: date and high-resolution clock are moved by hand, for the client, the broker and
 * the STS at once; sockets and timers are real.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { openAdmin } from '@pinpipe/kafka/admin'
import { openConsumer, type RecordConsumer } from '@pinpipe/kafka/consumer'
import { type KafkaConnection } from '@pinpipe/kafka/connection'
import { openProducer, type RecordProducer } from '@pinpipe/kafka/producer'
import { recordsOf } from '@pinpipe/kafka/record-cursor'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clusterArn, type Msk, roleArn, runner, startMsk, userArn } from './msk.ts'

const minuteMs = 60_000
const stepMs = 10_000
const topic = 'a.pin'
const partitions = 2

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'hrtime', 'performance'] })
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

const allowed = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'kafka-cluster:*', Resource: `${clusterArn.replace(/:cluster\/.*/, '')}:*` },
  ],
}

const denied = {
  kind: 'answer',
  code: 'SASL_AUTHENTICATION_FAILED',
  message: '[3c7e2a90-8f5d-4f0e-9a41-2f6f0f1f7a11]: Access denied',
} as const

/** A producer and a consumer of one login; what went in and what came out. */
type Pair = AsyncDisposable & {
  readonly sent: string[]
  readonly received: string[]
  readonly ended: Promise<void>
  sendOne(): Promise<void>
}

async function openPair(connection: KafkaConnection): Promise<Pair> {
  const sent: string[] = []
  const received: string[] = []
  const producer: RecordProducer = await openProducer(connection)
  // An answer that comes after three steps is not late.
  const consumer: RecordConsumer = await openConsumer(connection, {
    groupId: 'soak',
    topics: [topic],
    maxWaitMs: 20,
  })
  const ended = consumer.run({
    assigned: () => Promise.resolve(),
    revoked: () => Promise.resolve(),
    batch: async ({ records, topic: of, partition, lastOffset }) => {
      for (const { value } of recordsOf(records)) received.push(String(value))
      await consumer.commit([{ topic: of, partition, offset: lastOffset + 1n }])
    },
  })
  ended.catch(() => undefined)
  const sendOne = async (): Promise<void> => {
    const value = String(sent.length)
    const records = [{ key: value, value }]
    for (;;) {
      try {
        await producer.send({ topic, partition: sent.length % partitions, records })
        sent.push(value)
        return
      } catch (error) {
        if (!(error instanceof Error && 'canRetry' in error && error.canRetry === true)) throw error
      }
    }
  }
  return {
    sent,
    received,
    ended,
    sendOne,
    async [Symbol.asyncDispose]() {
      await Promise.all([consumer[Symbol.asyncDispose](), producer[Symbol.asyncDispose]()])
    },
  }
}

async function pass(minutes: number, pair: Pair): Promise<void> {
  for (let passedMs = 0; passedMs < minutes * minuteMs; passedMs += stepMs) {
    vi.advanceTimersByTime(stepMs)
    // oxlint-disable-next-line no-await-in-loop -- time passes between two records
    await pair.sendOne()
    // oxlint-disable-next-line no-await-in-loop
    await sleep(15)
  }
}

async function expectAllOnce({ sent, received }: Pair): Promise<void> {
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(sent.length), { timeout: 10_000 })
  expect(received.toSorted(byNumber)).toEqual(sent)
}

const byNumber = (a: string, b: string): number => Number(a) - Number(b)

async function startSoak(): Promise<Msk> {
  const msk = await startMsk({
    roles: { soak: allowed },
    users: [{ arn: userArn('second'), accessKeyId: 'AKIASECOND', secretAccessKey: 's', policies: [allowed] }],
    kafka: { topics: [{ topic, partitions }] },
  })
  vi.stubEnv('AWS_ENDPOINT_URL_STS', msk.sts.url)
  return msk
}

test(
  'in 90 minutes of short sessions, one of them refused, a role is assumed three times and no record is lost or there twice',
  { timeout: 120_000 },
  async () => {
    await using msk = await startSoak()
    const repeated = msk.kafka.faults.on(
      'SaslAuthenticate',
      { kind: 'delay', ms: 0 },
      { isRepeatedLogin: true, times: Infinity },
    )
    const connection = msk.connection({
      credentials: () => Promise.resolve(runner),
      roleArn: roleArn('soak'),
    })
    await using pair = await openPair({ ...connection, requestTimeoutMs: 10 * minuteMs })
    const roles = (): number => msk.sts.calls.filter(({ action }) => action === 'AssumeRole').length
    await pass(70, pair)
    // Credentials that live for an hour are renewed five minutes before their end.
    expect(roles()).toBe(2)
    expect(repeated.count).toBeGreaterThan(8)
    const refused = msk.kafka.faults.on('SaslAuthenticate', denied, { isRepeatedLogin: true })
    await pass(20, pair)
    await expectAllOnce(pair)
    expect(pair.sent).toHaveLength(90 * 6)
    expect(refused.count).toBe(1)
    expect(roles()).toBe(3)
    expect(msk.iam.refusals).toEqual([])
  },
)

test(
  'credentials that become another principal end the connections, not the clients',
  { timeout: 60_000 },
  async () => {
    await using msk = await startSoak()
    let keys = { accessKeyId: 'AKIASECOND', secretAccessKey: 's' }
    const inHalfAnHour = (): Date => new Date(Date.now() + 30 * minuteMs)
    const credentials = () => Promise.resolve({ ...keys, expiration: inHalfAnHour() })
    const lines: string[] = []
    const write = (fields: object, message: string): void => void lines.push(JSON.stringify(fields) + message)
    const log = { debug: write, info: write, warn: write, error: write }
    const connection = msk.connection({ credentials })
    await using pair = await openPair({ ...connection, log, requestTimeoutMs: 10 * minuteMs })
    await pass(5, pair)
    keys = { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'secret-key-of-the-operator' }
    await pass(35, pair)
    await expectAllOnce(pair)
    expect(lines.join('\n')).toContain('Cannot change principals')
  },
)

test('an admin whose session is over and whose login is then refused once answers all the same', async () => {
  await using msk = await startSoak()
  await using admin = await openAdmin(msk.connection())
  expect(await admin.listTopics()).toEqual([topic])
  vi.advanceTimersByTime(14 * minuteMs + 55_000)
  const refused = msk.kafka.faults.on('SaslAuthenticate', denied, { isRepeatedLogin: true })
  expect(await admin.listTopics()).toEqual([topic])
  expect(refused.count).toBe(1)
})
