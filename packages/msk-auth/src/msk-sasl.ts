/**
 * Both ways to log in to MSK with IAM, for kafkajs's `sasl`. kafkajs has no AWS_MSK_IAM (its `aws` is something else), and its own
 * OAUTHBEARER does not read the broker's answer: a refused token looks like a login, and the next request dies without a reason (K3).
 */

import { signFirstMessage } from './first-message.ts'
import { type AwsCredentials } from './credentials.ts'
import { MskIdentity, type MskIdentityOptions } from './msk-identity.ts'
import { refusalOf } from './refused-login.ts'
import { type SaslAuthenticate, exchange } from './sasl-exchange.ts'
import { MskTokens } from './token-provider.ts'

export type MskMechanism = 'OAUTHBEARER' | 'AWS_MSK_IAM'

export type MskSaslOptions = MskIdentityOptions & {
  /** Default OAUTHBEARER, which all but old clusters offer beside AWS_MSK_IAM, on the same port. */
  readonly mechanism?: MskMechanism
}

/** A kafkajs `Mechanism`. */
export type MskSasl = {
  readonly mechanism: MskMechanism
  readonly authenticationProvider: (broker: {
    readonly host: string
    readonly saslAuthenticate: SaslAuthenticate
  }) => { authenticate(): Promise<void> }
}

/**
 * One for each process. Throws MskAuthError at once for a region or a session name that cannot be; `authenticate` rejects with
 * MskAuthError: no credentials, or LOGIN_REFUSED with the principal, the source of its credentials and MSK's request id.
 */
export function mskSasl({ mechanism = 'OAUTHBEARER', ...options }: MskSaslOptions): MskSasl {
  const identity = new MskIdentity(options)
  const login = mechanism === 'OAUTHBEARER' ? new TokenLogin(identity) : new MessageLogin(identity)
  return {
    mechanism,
    authenticationProvider: ({ host, saslAuthenticate }) => ({
      authenticate: async () => {
        const { credentials, message, forget } = await login.sign(host)
        const answer = await exchange(saslAuthenticate, message)
        const reason = 'refused' in answer ? answer.refused : login.reasonOf(answer.said)
        if (reason === undefined) return
        forget()
        throw await refusalOf(reason, credentials, identity)
      },
    }),
  }
}

type SignedLogin = {
  readonly credentials: AwsCredentials
  readonly message: string
  /** After a refusal: nothing of this login is used again. */
  readonly forget: () => void
}

interface MskLogin {
  /** @param host the broker's, as it was dialled. */
  sign(host: string): Promise<SignedLogin>
  /** Why what the broker answered is no success; undefined when it is one. */
  reasonOf(answer: string): string | undefined
}

/** RFC 7628: the message is a token. One that is taken is answered by nothing, else by a JSON challenge. */
class TokenLogin implements MskLogin {
  readonly #tokens: MskTokens

  constructor(identity: MskIdentity) {
    this.#tokens = new MskTokens(identity)
  }

  async sign(): Promise<SignedLogin> {
    const token = await this.#tokens.get()
    return {
      credentials: token.credentials,
      message: `n,,\u0001auth=Bearer ${token.value}\u0001\u0001`,
      forget: () => this.#tokens.forget(token),
    }
  }

  reasonOf(answer: string): string | undefined {
    if (answer === '') return undefined
    // The status is safe to show (section 3.2.2).
    return /"status"\s*:\s*"([a-z_]{1,40})"/.exec(answer)?.[1] ?? 'challenged'
  }
}

/** AWS's own: the message is signed for one broker. One that is taken is answered by JSON with a request id, else by nothing. */
class MessageLogin implements MskLogin {
  readonly #identity: MskIdentity

  constructor(identity: MskIdentity) {
    this.#identity = identity
  }

  async sign(host: string): Promise<SignedLogin> {
    const { region, clock, log, sourceName } = this.#identity
    const credentials = await this.#identity.credentials()
    const message = await signFirstMessage(host, region, credentials, clock.nowMs())
    log?.debug({ host, source: sourceName }, 'signed an MSK login')
    return { credentials, message, forget: () => this.#identity.forget(credentials) }
  }

  reasonOf(answer: string): string | undefined {
    return answer === '' ? 'no answer' : undefined
  }
}
