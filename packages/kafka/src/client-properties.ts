/**
 * A Java client.properties file, as far as it says how to reach and log in to a cluster. It is applied as Kafka's own
 * client would apply it; every other key is listed as ignored.
 */

import { UsageFailure } from '@pinpipe/service/failure'
import { readFile } from 'node:fs/promises'
import { PropertyReader } from './client-properties-reader.ts'
import { type FileLogin, saslOf } from './client-properties-sasl.ts'
import { type FileTls, sslOf } from './client-properties-ssl.ts'
import { parsePropertiesText, PropertiesSyntaxError } from './client-properties-text.ts'
import { unreadable } from './settings-files.ts'

export type ClientProperties = {
  readonly brokers?: readonly string[]
  readonly clientId?: string
  readonly requestTimeoutMs?: number
  readonly connectTimeoutMs?: number
  /** Absent when the file does not name a security.protocol: then it says nothing about security. */
  readonly security?: {
    readonly protocol: SecurityProtocol
    readonly tls: false | FileTls
    readonly login: 'none' | FileLogin
  }
  /** Keys that have no effect, sorted. */
  readonly ignored: readonly string[]
  /** Sentences for the log. */
  readonly notes: readonly string[]
}

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'

const protocols: readonly SecurityProtocol[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']

/**
 * Reads the file. Throws UsageFailure (exit 64) with one sentence for each thing that is wrong; no sentence repeats a
 * value that could be a secret.
 */
export async function readClientProperties(path: string): Promise<ClientProperties> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, 'the client properties', error)
  })
  try {
    return applyClientProperties(parsePropertiesText(bytes))
  } catch (error) {
    if (error instanceof PropertiesSyntaxError)
      throw new UsageFailure(`${path} cannot be read: ${error.message}`)
    if (error instanceof UsageFailure)
      throw new UsageFailure(error.problems.map((problem) => `${path}: ${problem}`))
    throw error
  }
}

/** Pure. Throws UsageFailure with every problem at once. */
export function applyClientProperties(pairs: ReadonlyMap<string, string>): ClientProperties {
  const reader = new PropertyReader(pairs)
  if (reader.text('config.providers') !== undefined) {
    reader.problems.push('config.providers is not followed: write the values themselves into the file')
  }
  const servers = reader.text('bootstrap.servers')
  const brokers = servers?.split(/\s*,\s*/).filter((broker) => broker !== '')
  const clientId = reader.text('client.id')
  const requestTimeoutMs = reader.durationMs('request.timeout.ms')
  const connectTimeoutMs = reader.durationMs('default.api.timeout.ms')
  const security = securityOf(reader)
  if (reader.problems.length > 0) throw new UsageFailure(reader.problems)
  return {
    ...(brokers === undefined || brokers.length === 0 ? {} : { brokers }),
    ...(clientId === undefined || clientId === '' ? {} : { clientId }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(security === undefined ? {} : { security }),
    ignored: reader.ignored,
    notes: reader.notes,
  }
}

function securityOf(reader: PropertyReader): ClientProperties['security'] {
  const text = reader.text('security.protocol')
  if (text === undefined) return undefined
  const protocol = protocols.find((each) => each === text.toUpperCase())
  if (protocol === undefined) {
    reader.problems.push(`security.protocol must be one of ${protocols.join(', ')}`)
    return undefined
  }
  // Keys of a layer that the protocol does not have are ignored, as the Java client ignores them.
  const tls = protocol.endsWith('SSL') && sslOf(reader)
  const login = protocol.startsWith('SASL') ? saslOf(reader) : 'none'
  return login === undefined ? undefined : { protocol, tls, login }
}
