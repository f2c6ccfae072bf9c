/**
 * Every error that leaves this package: one closed list of codes, one sentence that says what to do, the exit code.
 * Nothing secret can get in: sentences are made of names and of fixed words, and of a library's message only
 * where it is known to hold none.
 */

import { Failure, type ExitCodeName } from '@pinpipe/service/failure'
import { brokersText, type KafkaConnection } from './connection.ts'
import { connectionErrorMeaning, mechanismNotOffered } from './connection-errors.ts'
import { denialMeaning } from './denials.ts'
import { protocolErrors } from './protocol-errors.ts'

export type KafkaErrorCode =
  | 'UNREACHABLE'
  | 'TIMED_OUT'
  | 'AUTHENTICATION_FAILED'
  | 'AUTHORIZATION_FAILED'
  | 'TLS_FAILED'
  | 'UNKNOWN_TOPIC'
  | 'TOPIC_EXISTS'
  | 'INVALID_TOPIC'
  | 'INVALID_PARTITIONS'
  | 'INVALID_REPLICATION'
  | 'INVALID_CONFIG'
  | 'INVALID_REQUEST'
  | 'POLICY_VIOLATION'
  | 'OFFSET_OUT_OF_RANGE'
  | 'MESSAGE_TOO_LARGE'
  | 'NOT_ENOUGH_REPLICAS'
  | 'FENCED'
  | 'CORRUPT_DATA'
  | 'UNSUPPORTED'
  | 'CLOSED'
  | 'FAILED'

const exitOf: Partial<Record<KafkaErrorCode, ExitCodeName>> = {
  UNREACHABLE: 'unreachable',
  TIMED_OUT: 'unreachable',
  TLS_FAILED: 'unreachable',
  AUTHENTICATION_FAILED: 'auth',
  AUTHORIZATION_FAILED: 'auth',
}

type KafkaErrorOptions = {
  readonly canRetry?: boolean
  readonly cause?: unknown
  readonly brokerMessage?: string | undefined
}

/**
 * What every function of this package rejects with when a broker, or the way to it, is the reason. The code decides the
 * exit code: 5 for a broker that is not reachable in time or by TLS, 4 for a login or a right that is refused, else 1.
 * `canRetry` says whether the same request may succeed later.
 */
export class KafkaError extends Failure {
  override readonly name = 'KafkaError'
  readonly code: KafkaErrorCode
  /** The broker's own words, where the answer has some (CreateTopics, CreatePartitions, AlterConfigs). */
  readonly brokerMessage: string | undefined

  constructor(code: KafkaErrorCode, message: string, options: KafkaErrorOptions = {}) {
    super(message, {
      exit: exitOf[code] ?? 'failed',
      canRetry: options.canRetry ?? false,
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    })
    this.code = code
    this.brokerMessage = options.brokerMessage
  }
}

/**
 * Turns whatever kafkajs (or a token provider) threw into a KafkaError.
 * @param doing what was tried, as it follows "could not": `create topic a.pin`.
 * @param connection named in sentences about brokers and logins.
 */
export function kafkaErrorOf(error: unknown, doing: string, connection?: KafkaConnection): KafkaError {
  if (error instanceof KafkaError) return error
  const causes = causesOf(error)
  const known = causes.find((cause): cause is KafkaError => cause instanceof KafkaError)
  if (known !== undefined) return known
  const many = causes.find(isAggregate)
  if (many !== undefined) return errorOfMany(many, doing, connection)
  return (
    errorOfProvider(causes, doing) ??
    errorOfProtocol(causes, doing, connection) ??
    errorOfConnection(causes, doing, connection) ??
    new KafkaError('FAILED', `could not ${doing}: ${firstLine(causes.at(-1))}`, { cause: error })
  )
}

type Aggregate = Error & { readonly errors: readonly unknown[] }

function isAggregate(error: unknown): error is Aggregate {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

/** The error and everything under it, outermost first. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (
    let at: unknown = error;
    at != null && !causes.includes(at);
    at = at instanceof Error ? at.cause : undefined
  ) {
    causes.push(at)
  }
  return causes
}

function errorOfMany(error: Aggregate, doing: string, connection?: KafkaConnection): KafkaError {
  const each = error.errors.map((one) => {
    const topic = one instanceof Error && 'topic' in one ? ` topic ${String(one.topic)}` : ''
    return kafkaErrorOf(one, doing.endsWith(topic) ? doing : `${doing} for${topic}`, connection)
  })
  const [first] = each
  if (first === undefined) return new KafkaError('FAILED', `could not ${doing}`, { cause: error })
  if (each.length === 1) return first
  const { code, brokerMessage } = first
  return new KafkaError(code, each.map((one) => one.message).join('; '), { cause: error, brokerMessage })
}

/** A token provider's own error keeps its sentence and exit code (credentials are explained best where they are read). */
function errorOfProvider(causes: unknown[], doing: string): KafkaError | undefined {
  const own = causes.find(
    (cause): cause is Error & { exitCode: number } =>
      cause instanceof Error && 'exitCode' in cause && typeof cause.exitCode === 'number',
  )
  if (own === undefined) return undefined
  const code = own.exitCode === 5 ? 'UNREACHABLE' : 'AUTHENTICATION_FAILED'
  const canRetry = 'canRetry' in own && own.canRetry === true
  return new KafkaError(code, `could not ${doing}: ${firstLine(own)}`, { cause: own, canRetry })
}

function errorOfProtocol(
  causes: unknown[],
  doing: string,
  connection?: KafkaConnection,
): KafkaError | undefined {
  for (const cause of causes) {
    if (!(cause instanceof Error) || !('type' in cause) || typeof cause.type !== 'string') continue
    // The patched kafkajs says which call the broker refused.
    const apiKey = 'apiKey' in cause && typeof cause.apiKey === 'number' ? cause.apiKey : undefined
    const meaning =
      protocolErrors[cause.type] ??
      denialMeaning(cause.type, apiKey, connection) ??
      (cause.type === 'UNSUPPORTED_SASL_MECHANISM' ? mechanismNotOffered(connection) : undefined)
    const brokerMessage =
      'brokerMessage' in cause && typeof cause.brokerMessage === 'string' ? cause.brokerMessage : undefined
    if (meaning === undefined) {
      const canRetry = 'retriable' in cause && cause.retriable === true
      return new KafkaError('FAILED', `could not ${doing}: the broker answered ${cause.type}`, {
        cause,
        canRetry,
        brokerMessage,
      })
    }
    const because = meaning.because.replace('{broker}', brokersText(connection))
    const sentence = `could not ${doing}: ${because}; ${meaning.remedy}`
    const { code, canRetry = false } = meaning
    return new KafkaError(code, sentence, { cause, canRetry, brokerMessage })
  }
  return undefined
}

function errorOfConnection(
  causes: unknown[],
  doing: string,
  connection?: KafkaConnection,
): KafkaError | undefined {
  for (const cause of causes.toReversed()) {
    if (!(cause instanceof Error)) continue
    const meaning = connectionErrorMeaning(cause, connection)
    if (meaning === undefined) continue
    const at = 'broker' in cause && typeof cause.broker === 'string' ? cause.broker : brokersText(connection)
    const sentence = `could not ${doing}: ${meaning.because.replace('{broker}', at)}; ${meaning.remedy}`
    return new KafkaError(meaning.code, sentence, { cause, canRetry: meaning.canRetry ?? false })
  }
  return undefined
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}
