/** MSK IAM tokens for kafkajs's `oauthBearerProvider`: `{ mechanism: 'oauthbearer', oauthBearerProvider: mskTokenProvider({…}) }`. */

import { type CredentialOptions, credentialSource } from './credentials.ts'
import { checkedRegion } from './hosts.ts'
import { type Clock, MemoisedCredentials } from './memoised-credentials.ts'
import { checkedSessionName, defaultSessionName } from './session-name.ts'
import { type MskToken, signToken, tokenFingerprint } from './token.ts'

/** Cached until near its end; safe to call from many connections at once. */
export type MskTokenProvider = () => Promise<{ readonly value: string }>

/** A pino logger fits. It is told the fingerprint of a token, never the token. */
export type MskAuthLog = { debug(fields: object, message: string): void }

/** Where the credentials come from (see CredentialOptions), and for whom. */
export type MskTokenProviderOptions = Omit<CredentialOptions, 'roleSessionName' | 'timeoutMs'> & {
  /** The cluster's region, e.g. `eu-west-1`. */
  readonly region: string
  /** Names this client; the session name is made of it. */
  readonly clientId: string
  /** The program's name, the first part of the session name. Default `pinpipe`. */
  readonly app?: string
  /** Fixed, since it is part of the principal. Default `<app>-<client id>`. */
  readonly roleSessionName?: string
  readonly clock?: Clock
  /** How long the credential source may take. Default 10 000. */
  readonly timeoutMs?: number
  readonly log?: MskAuthLog
}

/**
 * Throws MskAuthError at once for a region or a session name that cannot be; the provider itself rejects with
 * MskAuthError when there are no credentials.
 */
export function mskTokenProvider(options: MskTokenProviderOptions): MskTokenProvider {
  const clock = options.clock ?? { nowMs: () => Date.now() }
  const timeoutMs = options.timeoutMs ?? 10_000
  const region = checkedRegion(options.region)
  const roleSessionName = checkedSessionName(
    options.roleSessionName ?? defaultSessionName(options.app ?? 'pinpipe', options.clientId),
  )
  const source = credentialSource({ ...options, region, roleSessionName, timeoutMs })
  const credentials = new MemoisedCredentials({ source, clock, timeoutMs })
  let kept: MskToken | undefined
  let signing: Promise<MskToken> | undefined

  const renew = async (): Promise<MskToken> => {
    const token = await signToken(region, await credentials.get(), clock.nowMs())
    options.log?.debug(
      { token: tokenFingerprint(token.value), lifetimeMs: token.lifetimeMs, source: source.name },
      'signed an MSK token',
    )
    kept = token
    return token
  }

  return async () => {
    // The last quarter is not given out: the broker ends the session with the token.
    if (kept !== undefined && clock.nowMs() < kept.expiresAtMs - kept.lifetimeMs / 4)
      return { value: kept.value }
    signing ??= renew().finally(() => {
      signing = undefined
    })
    const { value } = await signing
    return { value }
  }
}
