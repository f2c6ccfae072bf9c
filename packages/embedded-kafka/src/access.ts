/** What the client behind a request may do, by the one table of MSK's actions. What is denied is noted. */

import { type KafkaAction, type KafkaCall, kafkaActions, kafkaCalls } from '@pinpipe/msk-auth/kafka-actions'
import { type ErrorCodeName, RequestRefused } from './error-codes.ts'
import { type Identity } from './login/mechanism.ts'

type ResourceKind = (typeof kafkaActions)[KafkaAction]['on']

/** A right that somebody lacked. */
export type Denial = {
  readonly principal: string
  readonly call: KafkaCall
  readonly action: KafkaAction
  /** The name of the topic, group or transactional id; empty for the cluster. */
  readonly name: string
}

const codes: Readonly<Record<ResourceKind, ErrorCodeName>> = {
  cluster: 'CLUSTER_AUTHORIZATION_FAILED',
  topic: 'TOPIC_AUTHORIZATION_FAILED',
  group: 'GROUP_AUTHORIZATION_FAILED',
  'transactional-id': 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
}

const keptDenials = 1_000

export class Denials {
  readonly #last: Denial[] = []

  /** The newest thousand. */
  get last(): readonly Denial[] {
    return this.#last
  }

  add(denial: Denial): void {
    this.#last.push(denial)
    if (this.#last.length > keptDenials) this.#last.shift()
  }
}

export class Access {
  readonly #identity: Identity | undefined
  readonly #denials: Denials

  constructor(identity: Identity | undefined, denials: Denials) {
    this.#identity = identity
    this.#denials = denials
  }

  /** Whether the client may make the call as far as resources of this kind are concerned. */
  may(call: KafkaCall, kind: ResourceKind, name = ''): boolean {
    const { isAllowed, principal = '' } = this.#identity ?? {}
    if (isAllowed === undefined) return true
    return kafkaCalls[call].needs.every((action) => {
      if (kafkaActions[action].on !== kind || isAllowed(action, name)) return true
      this.#denials.add({ principal, call, action, name })
      return false
    })
  }

  /** @throws RequestRefused with the code for resources of this kind */
  check(call: KafkaCall, kind: ResourceKind, name = ''): void {
    // The message is Kafka's.
    if (!this.may(call, kind, name)) throw new RequestRefused(codes[kind], 'Authorization failed.')
  }
}
