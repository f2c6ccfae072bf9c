/**
 * Who is behind one connection, and for how long (KIP-43, KIP-152, KIP-368).
 *
 *     new ─ SaslHandshake ─► authenticating ─ SaslAuthenticate … ─► ready ─ SaslHandshake ─► authenticating …
 *
 * Rules, as Apache Kafka's SaslServerAuthenticator has them: before somebody is logged in, nothing but ApiVersions and
 * the login is answered; when the session is over, nothing but a new login; a new login is of the same mechanism and the
 * same principal, and there is none where sessions do not end; whatever fails ends the connection. A port without mechanisms is always ready, for nobody in particular.
 */

import { type Clock } from '../clock.ts'
import { errorCode } from '../error-codes.ts'
import { type Identity, type LoginExchange, LoginFailed, type Mechanism, noBytes } from './mechanism.ts'

export type LoginOptions = {
  readonly mechanisms: readonly Mechanism[]
  /** connections.max.reauth.ms; 0: a session lasts as long as its credentials. */
  readonly maxSessionMs: number
  readonly clock: Clock
}

type State =
  | { readonly name: 'new' | 'ready' | 'over' }
  /** Without an exchange: another mechanism than before was named, and the next message ends it all. */
  | { readonly name: 'authenticating'; readonly exchange: LoginExchange | undefined }

const apiVersionsKey = 18
const handshakeKey = 17
const authenticateKey = 36
/** So long after a re-authentication began, another one is refused. */
const leastBetweenRepeatsMs = 1_000

export class LoginSession {
  readonly #options: LoginOptions
  #state: State
  #mechanism: string | undefined
  #identity: Identity | undefined
  #expiresAt = Number.POSITIVE_INFINITY
  #lastRepeatAt = Number.NEGATIVE_INFINITY

  constructor(options: LoginOptions) {
    this.#options = options
    this.#state = { name: options.mechanisms.length === 0 ? 'ready' : 'new' }
  }

  /** Nobody on a port without logins. */
  get identity(): Identity | undefined {
    return this.#identity
  }
  /** The answer that follows is the last one. */
  get isOver(): boolean {
    return this.#state.name === 'over'
  }
  get isRepeating(): boolean {
    return this.#state.name === 'authenticating' && this.#identity !== undefined
  }

  /** What to do about a request: answer it, answer that it comes at the wrong time and end the connection, or just end it. */
  admit(apiKey: number): 'answer' | 'refuse' | 'hang-up' {
    switch (this.#state.name) {
      case 'new':
        return apiKey === apiVersionsKey || apiKey === handshakeKey ? 'answer' : 'hang-up'
      case 'authenticating':
        if (apiKey === authenticateKey) return this.#state.exchange === undefined ? 'hang-up' : 'answer'
        this.#state = { name: 'over' }
        return 'refuse'
      case 'ready':
        if (apiKey === handshakeKey && this.#mayRepeat()) return 'answer'
        return this.#options.clock.now() < this.#expiresAt ? 'answer' : 'hang-up'
      default:
        return 'hang-up'
    }
  }

  handshake(mechanism: string): { readonly errorCode: number; readonly mechanisms: readonly string[] } {
    const { mechanisms, clock } = this.#options
    if (this.#state.name !== 'new' && !this.#mayRepeat())
      return { errorCode: errorCode.ILLEGAL_SASL_STATE, mechanisms: [] }
    const isRepeated = this.#state.name === 'ready'
    if (isRepeated) this.#lastRepeatAt = clock.now()
    const names = mechanisms.map(({ name }) => name)
    const chosen = mechanisms.find(({ name }) => name === mechanism)
    if (chosen === undefined) {
      this.#state = { name: 'over' }
      return { errorCode: errorCode.UNSUPPORTED_SASL_MECHANISM, mechanisms: names }
    }
    const isSame = !isRepeated || mechanism === this.#mechanism
    this.#state = { name: 'authenticating', exchange: isSame ? chosen.begin({ isRepeated }) : undefined }
    this.#mechanism = mechanism
    return { errorCode: errorCode.NONE, mechanisms: names }
  }

  authenticate(message: Buffer) {
    const exchange = this.#state.name === 'authenticating' ? this.#state.exchange : undefined
    if (exchange === undefined)
      return {
        errorCode: errorCode.ILLEGAL_SASL_STATE,
        errorMessage: 'SaslAuthenticate request received after successful authentication',
      }
    try {
      const { answer: authBytes, identity } = exchange.next(message)
      const sessionLifetimeMs = identity === undefined ? 0n : BigInt(this.#completed(identity))
      return { errorCode: errorCode.NONE, errorMessage: '', authBytes, sessionLifetimeMs }
    } catch (error) {
      if (!(error instanceof LoginFailed)) throw error
      const kind = this.isRepeating ? 're-authentication' : 'authentication'
      this.refused()
      const usual = `Authentication failed during ${kind} due to invalid credentials with SASL mechanism ${this.#mechanism}`
      return {
        errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
        errorMessage: error.message === '' ? usual : error.message,
        authBytes: noBytes,
      }
    }
  }

  /** A message of the login is answered with an error, by a fault perhaps. */
  refused(): void {
    if (this.#state.name === 'authenticating') this.#state = { name: 'over' }
  }

  /** @returns how long the session lasts; 0: forever */
  #completed(identity: Identity): number {
    const former = this.#identity?.principal
    if (former !== undefined && former !== identity.principal)
      throw new LoginFailed(
        `Cannot change principals during re-authentication from User.${former}: User.${identity.principal}`,
      )
    this.#identity = identity
    this.#state = { name: 'ready' }
    const { maxSessionMs, clock } = this.#options
    const limits = [
      identity.lifetimeMs ?? Number.POSITIVE_INFINITY,
      maxSessionMs === 0 ? Infinity : maxSessionMs,
    ]
    const lifetimeMs = Math.max(0, Math.floor(Math.min(...limits)))
    this.#expiresAt = clock.now() + lifetimeMs
    return lifetimeMs === Number.POSITIVE_INFINITY ? 0 : lifetimeMs
  }

  #mayRepeat(): boolean {
    // Kafka keeps a session without an end as it is.
    const isTimed = this.#state.name === 'ready' && this.#expiresAt !== Number.POSITIVE_INFINITY
    return isTimed && this.#options.clock.now() - this.#lastRepeatAt >= leastBetweenRepeatsMs
  }
}
