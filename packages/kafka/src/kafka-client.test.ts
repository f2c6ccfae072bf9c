import { mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { expect, test } from 'vitest'
import { type KafkaConnection } from './connection.ts'
import { initialRetryMs, kafkaConfigOf, reconnectPauseMs } from './kafka-client.ts'

const plain: KafkaConnection = { clientId: 'test', brokers: ['a:9092'], tls: false }

test.each(['msk-iam', 'aws-msk-iam'] as const)(
  'K15: with %s the first retry waits a second, below the limit for new connections',
  (mechanism) => {
    const iam: KafkaConnection = {
      ...plain,
      tls: {},
      sasl: { mechanism, login: mskSasl({ region: 'eu-west-1', clientId: 'test' }) },
    }
    expect(initialRetryMs(iam)).toBe(1_000)
    expect(kafkaConfigOf(iam, { retries: 5 }).retry?.initialRetryTime).toBe(1_000)
    expect(kafkaConfigOf(plain, { retries: 5 }).retry?.initialRetryTime).toBe(300)
    expect(reconnectPauseMs(iam, 100)).toBe(1_000)
    expect(reconnectPauseMs(iam, 2_000)).toBe(2_000)
    expect(reconnectPauseMs(plain, 100)).toBe(100)
  },
)

test('K4, K10: kafkajs never restarts a crashed consumer by itself', async () => {
  expect(await kafkaConfigOf(plain, { retries: 5 }).retry?.restartOnFailure?.(new Error('crash'))).toBe(false)
})

test('verification of the broker cannot be turned off, whatever the connection holds', () => {
  const careless = { ...plain, tls: { ca: 'pem', rejectUnauthorized: false } }
  expect(kafkaConfigOf(careless, { retries: 1 }).ssl).toEqual({ ca: 'pem' })
  expect(kafkaConfigOf(plain, { retries: 1 }).ssl).toBe(false)
})

test.each([
  [1, 10_000],
  [3, 3_333],
  [12, 2_500],
])('with %i brokers each is tried for %i ms before the next', (count, expected) => {
  const brokers = Array.from({ length: count }, (_, n) => `b${n}:9092`)
  expect(kafkaConfigOf({ ...plain, brokers }, { retries: 1 }).connectionTimeout).toBe(expected)
})
