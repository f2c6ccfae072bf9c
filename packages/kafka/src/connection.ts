/** How a client reaches a cluster. Plain data: settings and client.properties are turned into it elsewhere. */

import { type MskSasl } from '@pinpipe/msk-auth/msk-sasl'

/** Where kafkajs's own messages go; a pino logger fits. Never given a secret, a token or a row. */
export type KafkaLog = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** PEM texts, not file names. Verification of the broker's certificate cannot be turned off. */
export type KafkaTls = {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
}

/** The login, by the names of `--auth`. */
export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  /** `login` keeps the credentials of the process: many connections share it. */
  | { readonly mechanism: 'msk-iam' | 'aws-msk-iam'; readonly login: MskSasl }

export type KafkaConnection = {
  readonly clientId: string
  /** `host:port`, one or more. */
  readonly brokers: readonly string[]
  readonly tls: false | KafkaTls
  readonly sasl?: KafkaSasl
  /** How long an unreachable cluster is tried when a client opens. Default 10 000. */
  readonly connectTimeoutMs?: number
  /** How long one request may stay unanswered. Default 30 000. */
  readonly requestTimeoutMs?: number
  readonly log?: KafkaLog
}

/** The brokers as they stand in a sentence: `a:9092, b:9092`. */
export function brokersText(connection: KafkaConnection | undefined): string {
  return connection === undefined ? 'the Kafka cluster' : connection.brokers.join(', ')
}
