/**
 * Credentials that are fetched once and kept until they are near their end.
 *
 * Owns: the only copy of the credentials. Rule: at most one fetch is under way at any moment, however many callers
 * wait, so that there is one AssumeRole for each life of the credentials (hazard S2).
 */

import { type AwsCredentials, type CredentialSource } from './credentials.ts'
import { MskAuthError } from './errors.ts'
import { credentialErrorOf } from './credential-errors.ts'
import { shortestLoginS } from './login-format.ts'

export type Clock = { readonly nowMs: () => number }

/** Fetch again this long before the end, or in the last quarter of a short life. */
const refreshAheadMs = 5 * 60_000

export class MemoisedCredentials {
  readonly #source: CredentialSource
  readonly #clock: Clock
  readonly #timeoutMs: number
  #kept: AwsCredentials | undefined
  #refreshAtMs = Number.NEGATIVE_INFINITY
  #fetching: Promise<AwsCredentials> | undefined

  constructor(options: { source: CredentialSource; clock: Clock; timeoutMs: number }) {
    this.#source = options.source
    this.#clock = options.clock
    this.#timeoutMs = options.timeoutMs
  }

  /**
   * Credentials that live at least another 60 s. Throws MskAuthError: the source is missing, refused, unreachable,
   * slower than the time-out, or gives credentials that are already at their end.
   */
  async get(): Promise<AwsCredentials> {
    if (this.#kept !== undefined && this.#clock.nowMs() < this.#refreshAtMs) return this.#kept
    this.#fetching ??= this.#refresh().finally(() => {
      this.#fetching = undefined
    })
    try {
      return await this.#fetching
    } catch (error) {
      // What is kept is still good for a token: a broken refresh must not cut a connection that could live on.
      if (this.#kept !== undefined && this.#leftMs(this.#kept) >= shortestLoginS * 1000) return this.#kept
      throw error
    }
  }

  /** A broker refused them: the next call fetches, unless that has been done meanwhile. */
  forget(refused: AwsCredentials): void {
    if (this.#kept === refused) this.#kept = undefined
  }

  async #refresh(): Promise<AwsCredentials> {
    const fetched = await this.#fetch()
    const leftMs = this.#leftMs(fetched)
    if (leftMs < shortestLoginS * 1000) {
      throw new MskAuthError(
        'CREDENTIALS_TOO_SHORT',
        `the AWS credentials from ${this.#source.name} end in ${Math.max(0, Math.floor(leftMs / 1000))} s, and a login needs at least ${shortestLoginS} s: renew them, and check this machine's clock`,
      )
    }
    this.#kept = fetched
    this.#refreshAtMs = this.#clock.nowMs() + leftMs - Math.min(refreshAheadMs, leftMs / 4)
    return fetched
  }

  async #fetch(): Promise<AwsCredentials> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      reject(
        new MskAuthError(
          'CREDENTIALS_TIMED_OUT',
          `no AWS credentials after ${this.#timeoutMs / 1000} s from ${this.#source.name}: check that STS or the metadata service can be reached from here`,
        ),
      )
    }, this.#timeoutMs)
    try {
      return await Promise.race([this.#source.provide(), late])
    } catch (error) {
      throw error instanceof MskAuthError ? error : credentialErrorOf(error, this.#source.name)
    } finally {
      clearTimeout(timer)
    }
  }

  #leftMs(credentials: AwsCredentials): number {
    return credentials.expiration ? credentials.expiration.getTime() - this.#clock.nowMs() : Infinity
  }
}
