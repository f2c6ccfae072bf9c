/** MSK tokens that are kept until near their end: one is signed for all connections of a process. */

import { type AwsCredentials } from './credentials.ts'
import { MskIdentity, type MskIdentityOptions } from './msk-identity.ts'
import { type MskToken, signToken, tokenFingerprint } from './token.ts'

export type { MskAuthLog, MskIdentityOptions } from './msk-identity.ts'

/** For kafkajs's own `oauthBearerProvider`. `mskSasl` does more: it reads what the broker answers. */
export type MskTokenProvider = () => Promise<{ readonly value: string }>

/**
 * Throws MskAuthError at once for a region or a session name that cannot be; the provider itself rejects with
 * MskAuthError when there are no credentials.
 */
export function mskTokenProvider(options: MskIdentityOptions): MskTokenProvider {
  const tokens = new MskTokens(new MskIdentity(options))
  return async () => {
    const { value } = await tokens.get()
    return { value }
  }
}

type SignedToken = MskToken & { readonly credentials: AwsCredentials }

export class MskTokens {
  readonly #identity: MskIdentity
  #kept: SignedToken | undefined
  #signing: Promise<SignedToken> | undefined

  constructor(identity: MskIdentity) {
    this.#identity = identity
  }

  /** Safe to call from many connections at once. @throws MskAuthError */
  async get(): Promise<SignedToken> {
    // The last quarter is not given out: the broker ends the session with the token.
    const kept = this.#kept
    if (kept !== undefined && this.#identity.clock.nowMs() < kept.expiresAtMs - kept.lifetimeMs / 4)
      return kept
    this.#signing ??= this.#sign().finally(() => {
      this.#signing = undefined
    })
    return await this.#signing
  }

  /** A broker refused it: the next one is signed with credentials that are asked for anew. */
  forget(refused: SignedToken): void {
    if (this.#kept === refused) this.#kept = undefined
    this.#identity.forget(refused.credentials)
  }

  async #sign(): Promise<SignedToken> {
    const { region, clock, log, sourceName } = this.#identity
    const credentials = await this.#identity.credentials()
    const token = await signToken(region, credentials, clock.nowMs())
    log?.debug(
      { token: tokenFingerprint(token.value), lifetimeMs: token.lifetimeMs, source: sourceName },
      'signed an MSK token',
    )
    this.#kept = { ...token, credentials }
    return this.#kept
  }
}
