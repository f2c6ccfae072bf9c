/**
 * Proves that a cluster is reachable and the login works, before anything else is done: kafkajs's `connect()` resolves
 * before any request that needs the login has been answered (K3).
 */

import { type Admin } from 'kafkajs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaConnection } from './connection.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { defaultConnectTimeoutMs, kafkaOf, reconnectPauseMs } from './kafka-client.ts'
import { speaksTls } from './tls-probe.ts'

const shortestPauseMs = 400
const probeTimeoutMs = 2_000
/** A broker that refuses connections is given this long to come up; one that hangs, the whole connect time-out. */
const refusedPatienceMs = 3_000

/** @throws {KafkaError} UNREACHABLE, TIMED_OUT, TLS_FAILED or AUTHENTICATION_FAILED within the connect time-out. */
export async function proveLogin(connection: KafkaConnection): Promise<void> {
  const connectTimeoutMs = connection.connectTimeoutMs ?? defaultConnectTimeoutMs
  const patienceMs = Math.min(connectTimeoutMs, refusedPatienceMs)
  const pauseMs = reconnectPauseMs(connection, shortestPauseMs)
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
    return await explained(kafkaErrorOf(error, 'connect to Kafka', connection), rotated)
  } finally {
    await close(admin)
  }
}

/** A broker that hangs up gives no reason; one look at the port finds the most common one. */
async function explained(error: KafkaError, connection: KafkaConnection): Promise<KafkaError> {
  const [broker] = connection.brokers
  if (error.code !== 'UNREACHABLE' || connection.tls !== false || broker === undefined) return error
  const isHangup = /closed the connection|did not answer|no longer|is not reachable/.test(error.message)
  if (!isHangup || !(await speaksTls(broker, probeTimeoutMs))) return error
  const sentence = `could not connect to Kafka: ${broker} speaks TLS on this port; use --tls, or the plaintext port`
  return new KafkaError('TLS_FAILED', sentence, { cause: error })
}

async function close(admin: Admin): Promise<void> {
  try {
    await admin.disconnect()
  } catch {
    // It never was connected.
  }
}
