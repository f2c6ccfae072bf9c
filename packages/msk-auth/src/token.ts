/** One MSK token, signed by AWS's own signer, which is fed so that what it writes is right. */

import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js'
import { createHash } from 'node:crypto'
import { MskAuthError } from './errors.ts'

/** Credentials as the AWS SDK gives them. `expiration` is absent for keys that do not end. */
export type AwsCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

export type MskToken = {
  /** Base64url of the presigned URL: what goes into the OAUTHBEARER message. */
  readonly value: string
  readonly expiresAtMs: number
  /** The whole life that it was signed for. */
  readonly lifetimeMs: number
}

/** The longest life of a token, and the shortest that is worth signing. */
export const longestTokenS = 900
export const shortestTokenS = 60

/**
 * The signer takes `expiration.getTime() - Date.now()` as the token's life, so that credentials that end in 10.5 s
 * give `X-Amz-Expires=10.5`, which no verifier takes. This date is always the same whole number of seconds away.
 */
class SecondsAway extends Date {
  readonly #seconds: number

  constructor(seconds: number) {
    super()
    this.#seconds = seconds
  }

  override getTime(): number {
    return Date.now() + this.#seconds * 1000
  }
}

/**
 * Signs one token. Its life is whole seconds, at most 900, and never longer than the credentials'.
 * Throws CREDENTIALS_TOO_SHORT if they end in less than 60 s: the caller refreshes first. SIGNING_FAILED else.
 */
export async function signToken(
  region: string,
  credentials: AwsCredentials,
  nowMs: number,
): Promise<MskToken> {
  const leftS = credentials.expiration
    ? Math.floor((credentials.expiration.getTime() - nowMs) / 1000)
    : Infinity
  const seconds = Math.min(longestTokenS, leftS)
  if (!(seconds >= shortestTokenS)) {
    throw new MskAuthError(
      'CREDENTIALS_TOO_SHORT',
      `The AWS credentials end in ${Math.max(0, leftS)} s; a token needs at least ${shortestTokenS} s.`,
    )
  }
  const { expiration: _, ...keys } = credentials
  const fed = seconds === longestTokenS ? keys : { ...keys, expiration: new SecondsAway(seconds) }
  // The signer reads the clock twice; in the rare case that a millisecond passes between, it signs a fraction again.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { token } = await sign(region, fed)
    const url = new URL(Buffer.from(token, 'base64url').toString('utf8'))
    if (url.searchParams.get('X-Amz-Expires') === String(seconds)) {
      return { value: token, expiresAtMs: nowMs + seconds * 1000, lifetimeMs: seconds * 1000 }
    }
  }
  throw new MskAuthError('SIGNING_FAILED', 'The MSK signer wrote no whole number of seconds into the token.')
}

/** What may be logged of a token: the first 12 hexadecimal digits of its SHA-256. */
export function tokenFingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}

async function sign(region: string, credentials: AwsCredentials): Promise<{ token: string }> {
  try {
    return await generateAuthTokenFromCredentialsProvider({
      region,
      awsCredentialsProvider: () => Promise.resolve(credentials),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason'
    throw new MskAuthError('SIGNING_FAILED', `The MSK token could not be signed: ${reason}`, { cause: error })
  }
}
