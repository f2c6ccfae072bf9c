/** What the client behind a request may do, by the one table of MSK's actions. What is denied is noted. */

import { type KafkaAction, type KafkaCall, kafkaActions, kafkaCalls } from '@pinpipe/msk-auth/kafka-actions'
import { type ErrorCodeName, RequestRefused, errorCode } from './error-codes.ts'
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

/** As Kafka words them. */
const refusals: Readonly<Record<ResourceKind, readonly [ErrorCodeName, string]>> = {
  cluster: ['CLUSTER_AUTHORIZATION_FAILED', 'Cluster authorization failed.'],
  topic: ['TOPIC_AUTHORIZATION_FAILED', 'Topic authorization failed.'],
  group: ['GROUP_AUTHORIZATION_FAILED', 'Group authorization failed.'],
  'transactional-id': ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'Transactional Id authorization failed.'],
}

/** Whether a code says that somebody lacks a right. */
export function isDenial(code: number): boolean {
  return Object.values(refusals).some(([name]) => errorCode[name] === code)
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

  /** Whether a list of everything shows it: the call's rights as far as resources of this kind are concerned. */
  shows(call: KafkaCall, kind: ResourceKind, name: string): boolean {
    return this.#lacking(call, kind, name) === undefined
  }

  /** @throws RequestRefused with the code for resources of this kind */
  check(call: KafkaCall, kind: ResourceKind, name = ''): void {
    const action = this.#lacking(call, kind, name)
    if (action === undefined) return
    this.#denials.add({ principal: this.#identity?.principal ?? '', call, action, name })
    const [code, message] = refusals[kind]
    throw new RequestRefused(code, message)
  }

  #lacking(call: KafkaCall, kind: ResourceKind, name: string): KafkaAction | undefined {
    const isAllowed = this.#identity?.isAllowed
    if (isAllowed === undefined) return undefined
    return kafkaCalls[call].needs.find(
      (action) => kafkaActions[action].on === kind && !isAllowed(action, name),
    )
  }
}
