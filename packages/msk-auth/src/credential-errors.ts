/** What a credential source threw, as one MskAuthError. */

import { MskAuthError } from './errors.ts'

// STS answers these when the caller is known but not allowed, or not known at all.
const refused = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidIdentityToken',
  'UnrecognizedClientException',
])

const networkCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** `source` as it stands in a sentence. The cause is kept; its text is quoted without its stack. */
export function credentialErrorOf(error: unknown, source: string): MskAuthError {
  const { name, reason, code } = factsOf(error)
  if (refused.has(name)) {
    return new MskAuthError(
      'CREDENTIALS_REFUSED',
      `AWS refused ${source}: ${reason}; check the keys, and the role's trust policy (sts:AssumeRole)`,
      { cause: error },
    )
  }
  if (networkCodes.has(code) || name === 'TimeoutError') {
    return new MskAuthError(
      'CREDENTIALS_UNREACHABLE',
      `AWS could not be reached for ${source}: ${reason}; check the network path to STS`,
      { cause: error },
    )
  }
  return new MskAuthError(
    'CREDENTIALS_MISSING',
    `no AWS credentials from ${source}: ${reason}; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached`,
    { cause: error },
  )
}

function factsOf(error: unknown): { name: string; reason: string; code: string } {
  if (!(error instanceof Error)) return { name: '', reason: 'unknown reason', code: '' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const text = error.message.split('\n', 1)[0]?.trim() ?? ''
  return { name: error.name, reason: text === '' ? error.name : text.replace(/\.+$/, ''), code }
}
