import kafkajs from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { type KafkaConnection } from './connection.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { protocolErrors } from './protocol-errors.ts'

const connection: KafkaConnection = {
  clientId: 'test',
  brokers: ['b1:9092', 'b2:9092'],
  tls: {},
  sasl: { mechanism: 'scram-sha-512', username: 'ann', password: 'hunter2' },
}

function protocolError(type: string, retriable = false): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, code: 1, retriable })
}

function connectionError(message: string, code?: string): Error {
  return Object.assign(new Error(message), { name: 'KafkaJSConnectionError', broker: 'b1:9092', code })
}

test.each([
  [
    connectionError('Connection error: connect ECONNREFUSED', 'ECONNREFUSED'),
    'UNREACHABLE',
    5,
    'nothing listens at b1:9092',
  ],
  [
    connectionError('Connection error: getaddrinfo ENOTFOUND b1', 'ENOTFOUND'),
    'UNREACHABLE',
    5,
    'host name of b1:9092',
  ],
  [connectionError('Connection timeout'), 'UNREACHABLE', 5, 'b1:9092 is not reachable'],
  [
    connectionError('Connection error: wrong version number', 'ERR_SSL_WRONG_VERSION_NUMBER'),
    'TLS_FAILED',
    5,
    '--no-tls',
  ],
  [
    connectionError('Connection error: certificate has expired', 'CERT_HAS_EXPIRED'),
    'TLS_FAILED',
    5,
    'not valid today',
  ],
  [
    connectionError('Connection error: self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    'TLS_FAILED',
    5,
    '--tls-ca',
  ],
  [
    connectionError('Connection error: alert handshake failure', 'ERR_SSL_ALERT'),
    'TLS_FAILED',
    5,
    'TLS handshake',
  ],
  [
    Object.assign(new Error('SASL SCRAM'), { name: 'KafkaJSSASLAuthenticationError' }),
    'AUTHENTICATION_FAILED',
    4,
    'KAFKA_PASSWORD',
  ],
  [
    Object.assign(new Error('Request timed out'), { name: 'KafkaJSRequestTimeoutError', broker: 'b2:9092' }),
    'TIMED_OUT',
    5,
    'b2:9092',
  ],
  [protocolError('TOPIC_AUTHORIZATION_FAILED'), 'AUTHORIZATION_FAILED', 4, 'not allowed to use the topic'],
  [protocolError('OFFSET_OUT_OF_RANGE'), 'OFFSET_OUT_OF_RANGE', 1, 'not in the log'],
  [protocolError('SOMETHING_NEW'), 'FAILED', 1, 'the broker answered SOMETHING_NEW'],
  [new Error('surprise\n  at a stack'), 'FAILED', 1, 'surprise'],
  ['text', 'FAILED', 1, 'text'],
])('%s is %s', (thrown, code, exitCode, words) => {
  const error = kafkaErrorOf(thrown, 'send to topic a.pin', connection)
  expect(error).toMatchObject({ name: 'KafkaError', code, exitCode })
  expect(error.message).toMatch(/^could not send to topic a\.pin: /)
  expect(error.message).toContain(words)
  expect(error.message).not.toContain('\n')
  expect(error.message).not.toContain('hunter2')
})

test('what kafkajs wraps several times is found again', () => {
  const inner = protocolError('MESSAGE_TOO_LARGE')
  const wrapped = Object.assign(new kafkajs.KafkaJSNonRetriableError(inner), { cause: inner })
  expect(kafkaErrorOf(wrapped, 'send')).toMatchObject({ code: 'MESSAGE_TOO_LARGE', canRetry: false })
  const refused = connectionError('connect ECONNREFUSED', 'ECONNREFUSED')
  const exceeded = Object.assign(new Error('retries', { cause: refused }), {
    name: 'KafkaJSNumberOfRetriesExceeded',
  })
  expect(kafkaErrorOf(exceeded, 'send')).toMatchObject({ code: 'UNREACHABLE', canRetry: true })
})

test('several errors become one sentence each, with their topics', () => {
  const one = Object.assign(protocolError('INVALID_CONFIG'), { topic: 'a' })
  const two = Object.assign(protocolError('INVALID_REPLICATION_FACTOR'), { topic: 'b' })
  const error = kafkaErrorOf(Object.assign(new Error('many'), { errors: [one, two] }), 'create')
  expect(error.message).toMatch(/^could not create for topic a: .*; could not create for topic b: /)
})

test('a topic that stands in what was tried is not named twice', () => {
  const one = Object.assign(protocolError('INVALID_CONFIG'), { topic: 'a' })
  const error = kafkaErrorOf(Object.assign(new Error('many'), { errors: [one] }), 'create topic a')
  expect(error.message).toMatch(/^could not create topic a: /)
})

test('a KafkaError stays what it is', () => {
  const error = new KafkaError('FENCED', 'a sentence')
  expect(kafkaErrorOf(error, 'send')).toBe(error)
  expect(kafkaErrorOf(new Error('outer', { cause: error }), 'send')).toBe(error)
})

describe('every error code of a broker has a sentence that says what to do', () => {
  test.each(Object.entries(protocolErrors))('%s', (_, { because, remedy }) => {
    for (const clause of [because, remedy]) expect(clause).toMatch(/^[a-z{].*[^.\s]$/)
    expect(remedy.length).toBeGreaterThan(8)
  })
})
