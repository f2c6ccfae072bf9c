/** Signs MSK logins with the AWS SDK's own presigner: the part that both mechanisms have in common. */

import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import { type AwsCredentials } from './credentials.ts'
import { MskAuthError } from './errors.ts'
import { loginAction, loginService, longestLoginS, shortestLoginS } from './login-format.ts'

export type LoginToSign = {
  readonly host: string
  readonly region: string
  readonly credentials: AwsCredentials
  readonly nowMs: number
  /** Whole seconds. */
  readonly lifetimeS: number
}

/** Tells MSK's logs who signed; it is not signed itself. */
export const userAgent = 'pinpipe-msk-auth/1'

/**
 * The parameters of a presigned GET of `https://<host>/?Action=kafka-cluster:Connect`, decoded, the signature among them.
 * Throws SIGNING_FAILED for credentials that cannot sign.
 */
export async function presignLogin({
  host,
  region,
  credentials,
  nowMs,
  lifetimeS,
}: LoginToSign): Promise<Readonly<Record<string, string>>> {
  const sha256 = Hash.bind(null, 'sha256')
  const signer = new SignatureV4({ service: loginService, region, credentials, sha256 })
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname: host,
    path: '/',
    headers: { host },
    query: { Action: loginAction },
  }
  try {
    const { query = {} } = await signer.presign(request, {
      signingDate: new Date(nowMs),
      expiresIn: lifetimeS,
    })
    return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason'
    throw new MskAuthError('SIGNING_FAILED', `The MSK login could not be signed: ${reason}`, { cause: error })
  }
}

/**
 * The life of a login: whole seconds, at most 900, and never longer than the credentials'.
 * Throws CREDENTIALS_TOO_SHORT if they end in less than 60 s: the caller refreshes first.
 */
export function loginLifetimeS(credentials: AwsCredentials, nowMs: number): number {
  const leftS = credentials.expiration
    ? Math.floor((credentials.expiration.getTime() - nowMs) / 1000)
    : Infinity
  if (leftS >= shortestLoginS) return Math.min(longestLoginS, leftS)
  throw new MskAuthError(
    'CREDENTIALS_TOO_SHORT',
    `The AWS credentials end in ${Math.max(0, leftS)} s; a login needs at least ${shortestLoginS} s.`,
  )
}
