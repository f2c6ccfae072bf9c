/** Builds the kafkajs client behind every port: one place for its retries, time-outs, codecs and log. */

import kafkajs, { type Kafka, type KafkaConfig } from 'kafkajs'
import { registerCodecs } from './codecs.ts'
import { type KafkaConnection, type KafkaTls } from './connection.ts'
import { frameSocket } from './frame-socket.ts'
import { mskMechanism } from './msk-login.ts'

export const defaultConnectTimeoutMs = 10_000
export const defaultRequestTimeoutMs = 30_000

/** MSK limits new IAM connections per second; a quicker first retry runs into that limit (K15). */
const iamInitialRetryMs = 1_000
const plainInitialRetryMs = 300

export type RetryPlan = {
  /** Attempts after the first. */
  readonly retries: number
  readonly maxRetryMs?: number
  readonly requestTimeoutMs?: number
}

/** The pause before the first retry of any request. */
export function initialRetryMs(connection: KafkaConnection): number {
  return reconnectPauseMs(connection, plainInitialRetryMs)
}

/** The pause before another connection is opened in place of one that failed: `otherwiseMs`, with MSK IAM at least a second (K15). */
export function reconnectPauseMs({ sasl }: KafkaConnection, otherwiseMs: number): number {
  return sasl !== undefined && 'login' in sasl ? Math.max(iamInitialRetryMs, otherwiseMs) : otherwiseMs
}

/** A kafkajs client; nothing is connected yet. */
export function kafkaOf(connection: KafkaConnection, plan: RetryPlan): Kafka {
  registerCodecs()
  return new kafkajs.Kafka(kafkaConfigOf(connection, plan))
}

/** The kafkajs configuration; exported for the tests of K5 and K15. */
export function kafkaConfigOf(connection: KafkaConnection, plan: RetryPlan): KafkaConfig {
  const connectTimeoutMs = connection.connectTimeoutMs ?? defaultConnectTimeoutMs
  // Every broker of a list of up to four gets its turn before the whole connect time-out is over.
  const perBrokerMs = Math.max(1_000, Math.floor(connectTimeoutMs / Math.min(4, connection.brokers.length)))
  return {
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    ssl: connection.tls === false ? false : tlsOptions(connection.tls),
    ...(connection.sasl === undefined ? {} : { sasl: saslOptions(connection.sasl) }),
    socketFactory: frameSocket,
    connectionTimeout: Math.min(connectTimeoutMs, perBrokerMs),
    authenticationTimeout: Math.max(connectTimeoutMs, 10_000),
    // The patched client lowers this to a quarter of a short session (K5).
    reauthenticationThreshold: 10_000,
    requestTimeout: plan.requestTimeoutMs ?? connection.requestTimeoutMs ?? defaultRequestTimeoutMs,
    retry: {
      initialRetryTime: initialRetryMs(connection),
      maxRetryTime: plan.maxRetryMs ?? 5_000,
      retries: plan.retries,
      // A crashed consumer ends its run; who restarts is decided outside kafkajs (K4, K10).
      restartOnFailure: () => Promise.resolve(false),
    },
    // INFO at most: kafkajs's DEBUG lines hold whole responses, rows included.
    logLevel: kafkajs.logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, label, log }) => {
        const { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } = log
        connection.log?.debug({ ...fields, kafkajs: namespace, severity: label }, `kafkajs: ${message}`)
      },
  }
}

/** Verification stays on: no option turns it off. */
function tlsOptions(tls: KafkaTls): Exclude<KafkaConfig['ssl'], boolean | undefined> {
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
  }
}

function saslOptions(sasl: NonNullable<KafkaConnection['sasl']>): NonNullable<KafkaConfig['sasl']> {
  if ('login' in sasl) return mskMechanism(sasl.login)
  const { mechanism, username, password } = sasl
  if (mechanism === 'plain') return { mechanism, username, password }
  if (mechanism === 'scram-sha-256') return { mechanism, username, password }
  return { mechanism, username, password }
}
