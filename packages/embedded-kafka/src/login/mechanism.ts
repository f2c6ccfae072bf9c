/** What a SASL mechanism is to the broker: it reads the client's messages and says who that is. */

import { type KafkaAction } from '@pinpipe/msk-auth/kafka-actions'

/** Who has logged in. */
export type Identity = {
  /** The name of Kafka's principal, without its type `User`. */
  readonly principal: string
  /** How long the login is good for from now on; forever by default. */
  readonly lifetimeMs?: number
  /** What the client may do, to the resource of the action's kind with that name. Everything by default. */
  readonly isAllowed?: (action: KafkaAction, name: string) => boolean
}

/** The answer to one message; with an identity, it is the last one. */
export type LoginStep = { readonly answer: Buffer; readonly identity?: Identity }

/** One client's login. */
export type LoginExchange = {
  /** @throws LoginFailed */
  next(message: Buffer): LoginStep
}

export type Mechanism = {
  /** As SaslHandshake names it. */
  readonly name: string
  begin(login: LoginContext): LoginExchange
}

export type LoginContext = {
  /** The client is logged in already, and proves it again (KIP-368). */
  readonly isRepeated: boolean
}

/** The client is told this sentence, or where there is none, Kafka's own for wrong credentials. */
export class LoginFailed extends Error {
  override readonly name = 'LoginFailed'
}

export const noBytes = Buffer.alloc(0)
