/** One MSK token: what goes into the OAUTHBEARER message, as AWS's signers for all languages write it. */

import { createHash } from 'node:crypto'
import { type AwsCredentials } from './credentials.ts'
import { loginLifetimeS, presignLogin, userAgent } from './presign.ts'
import { encodeRfc3986 } from './sigv4.ts'

export type MskToken = {
  /** Base64url of the presigned URL, without padding. */
  readonly value: string
  readonly expiresAtMs: number
  /** The whole life that it was signed for. */
  readonly lifetimeMs: number
}

/** @throws MskAuthError CREDENTIALS_TOO_SHORT, SIGNING_FAILED */
export async function signToken(
  region: string,
  credentials: AwsCredentials,
  nowMs: number,
): Promise<MskToken> {
  // AWS's signers write this host in all partitions, China's too.
  const host = `kafka.${region}.amazonaws.com`
  const lifetimeS = loginLifetimeS(credentials, nowMs)
  const parameters = await presignLogin({ host, region, credentials, nowMs, lifetimeS })
  const query = Object.entries({ ...parameters, 'User-Agent': userAgent })
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .toSorted()
  return {
    value: Buffer.from(`https://${host}/?${query.join('&')}`).toString('base64url'),
    expiresAtMs: nowMs + lifetimeS * 1000,
    lifetimeMs: lifetimeS * 1000,
  }
}

/** What may be logged of a token: the first 12 hexadecimal digits of its SHA-256. */
export function tokenFingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}
