/** Every way in which a login to MSK fails, or reading an IAM policy, with a sentence that says what to do. */

/** Exit codes of the apps, repeated here because this package is usable alone: 4 authentication, 5 unreachable or timed out, 64 settings. */
const exitCodes = {
  CREDENTIALS_MISSING: 4,
  CREDENTIALS_REFUSED: 4,
  CREDENTIALS_TOO_SHORT: 4,
  CREDENTIALS_TIMED_OUT: 5,
  CREDENTIALS_UNREACHABLE: 5,
  SIGNING_FAILED: 4,
  LOGIN_REFUSED: 4,
  LOGIN_THROTTLED: 5,
  INVALID_ARN: 64,
  INVALID_POLICY: 64,
  INVALID_REGION: 64,
  INVALID_SESSION_NAME: 64,
} as const

export type MskAuthErrorCode = keyof typeof exitCodes

// A retry helps where time or the network heals; a refused role or a bad name stays wrong.
const retriable: ReadonlySet<MskAuthErrorCode> = new Set([
  'CREDENTIALS_TIMED_OUT',
  'CREDENTIALS_UNREACHABLE',
  'CREDENTIALS_TOO_SHORT',
  'LOGIN_THROTTLED',
])

type MskAuthErrorOptions = {
  readonly cause?: unknown
  readonly source?: string
  readonly principal?: string
  readonly requestId?: string
}

/** `exitCode` and `canRetry` are read structurally by the apps. The message never holds a secret or a token. */
export class MskAuthError extends Error {
  override readonly name = 'MskAuthError'
  readonly code: MskAuthErrorCode
  readonly exitCode: 4 | 5 | 64
  readonly canRetry: boolean
  /** What kafkajs reads; it would try everything else again. */
  readonly retriable: boolean
  /** Of a refused login: where the credentials came from. */
  readonly source: string | undefined
  /** Of a refused login: the ARN that was refused, where STS told it. */
  readonly principal: string | undefined
  /** Of a refused login: what AWS's support asks for. */
  readonly requestId: string | undefined

  constructor(code: MskAuthErrorCode, message: string, options: MskAuthErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.exitCode = exitCodes[code]
    this.canRetry = retriable.has(code)
    this.retriable = this.canRetry
    this.source = options.source
    this.principal = options.principal
    this.requestId = options.requestId
  }
}
