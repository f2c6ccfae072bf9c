/**
 * Proves that a cluster is reachable and the login works, before anything else is done: kafkajs's `connect()` resolves
 * although an OAUTHBEARER login failed with the RFC 7628 challenge, and the next request dies without saying why (K3).
 */

import { type Admin } from 'kafkajs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaConnection } from './connection.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { defaultConnectTimeoutMs, kafkaOf } from './kafka-client.ts'

const pauseMs = 400
/** A broker that refuses connections is given this long to come up; one that hangs, the whole connect time-out. */
const refusedPatienceMs = 3_000

/** @throws {KafkaError} UNREACHABLE, TIMED_OUT, TLS_FAILED or AUTHENTICATION_FAILED within the connect time-out. */
export async function proveLogin(connection: KafkaConnection): Promise<void> {
  const connectTimeoutMs = connection.connectTimeoutMs ?? defaultConnectTimeoutMs
  const patienceMs = Math.min(connectTimeoutMs, refusedPatienceMs)
  const startedAt = Date.now()
  for (let attempt = 0; ; attempt++) {
    const error = await tryOnce(connection, attempt)
    if (error === undefined) return
    const hasTriedAll = attempt + 1 >= connection.brokers.length
    const waitedMs = Date.now() - startedAt
    const isOver = waitedMs >= connectTimeoutMs || (hasTriedAll && waitedMs + pauseMs >= patienceMs)
    if (!error.canRetry || isOver) throw error
    await sleep(pauseMs)
  }
}

async function tryOnce(connection: KafkaConnection, attempt: number): Promise<KafkaError | undefined> {
  const { brokers } = connection
  const first = attempt % brokers.length
  const rotated = { ...connection, brokers: [...brokers.slice(first), ...brokers.slice(0, first)] }
  const admin = kafkaOf(rotated, {
    retries: 0,
    requestTimeoutMs: connection.connectTimeoutMs ?? defaultConnectTimeoutMs,
  }).admin()
  try {
    await admin.connect()
    await admin.describeCluster()
    return undefined
  } catch (error) {
    return loginErrorOf(error, connection)
  } finally {
    await close(admin)
  }
}

function loginErrorOf(error: unknown, connection: KafkaConnection): KafkaError {
  const known = kafkaErrorOf(error, 'connect to Kafka', connection)
  const isChallenge =
    connection.sasl?.mechanism === 'oauthbearer' && /closed the connection/.test(known.message)
  if (!isChallenge) return known
  return new KafkaError(
    'AUTHENTICATION_FAILED',
    `could not connect to Kafka: ${connection.brokers.join(', ')} refused the login (oauthbearer); ` +
      'check the credentials, the region, and what the role is allowed to do',
    { cause: error },
  )
}

async function close(admin: Admin): Promise<void> {
  try {
    await admin.disconnect()
  } catch {
    // It never was connected.
  }
}
