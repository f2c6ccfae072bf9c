/** Every way in which getting an MSK token fails, or reading an IAM policy, with a sentence that says what to do. */

/** Exit codes of the apps, repeated here because this package is usable alone: 4 authentication, 5 unreachable or timed out, 64 settings. */
const exitCodes = {
  CREDENTIALS_MISSING: 4,
  CREDENTIALS_REFUSED: 4,
  CREDENTIALS_TOO_SHORT: 4,
  CREDENTIALS_TIMED_OUT: 5,
  CREDENTIALS_UNREACHABLE: 5,
  SIGNING_FAILED: 4,
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
])

/** `exitCode` and `canRetry` are read structurally by the apps. The message never holds a secret or a token. */
export class MskAuthError extends Error {
  readonly code: MskAuthErrorCode
  readonly exitCode: 4 | 5 | 64
  readonly canRetry: boolean

  constructor(code: MskAuthErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'MskAuthError'
    this.code = code
    this.exitCode = exitCodes[code]
    this.canRetry = retriable.has(code)
  }
}
