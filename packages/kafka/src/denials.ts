/** What a login lacks when a broker refuses a call: an action of MSK's one table, on the resource that the error's name tells. */

import { kafkaActions, kafkaCalls, type KafkaResource, policyActionOf } from '@pinpipe/msk-auth/kafka-actions'
import { type KafkaConnection } from './connection.ts'
import { type ProtocolErrorMeaning } from './protocol-errors.ts'

type Denial = { readonly on: KafkaResource; readonly use: string; readonly or?: string }

const denials: Readonly<Record<string, Denial>> = {
  TOPIC_AUTHORIZATION_FAILED: { on: 'topic', use: 'the topic', or: 'correct the topic name' },
  GROUP_AUTHORIZATION_FAILED: { on: 'group', use: 'the consumer group', or: 'correct the group' },
  CLUSTER_AUTHORIZATION_FAILED: { on: 'cluster', use: 'the cluster in this way' },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: { on: 'transactional-id', use: 'the transactional id' },
}

/**
 * `undefined`: not an error of authorization.
 * @param type as kafkajs names it
 * @param apiKey the call that was refused, where it is known
 */
export function denialMeaning(
  type: string,
  apiKey: number | undefined,
  connection?: KafkaConnection,
): ProtocolErrorMeaning | undefined {
  const denial = denials[type]
  if (denial === undefined) return undefined
  const isIam = connection?.sasl !== undefined && 'login' in connection.sasl
  const { on, use, or } = denial
  const resource = on === 'transactional-id' ? 'transactional id' : on
  const lacking = rightsOf(apiKey, on, isIam)
  const grant = `grant it ${lacking === undefined ? `the ${resource} actions` : `${lacking} on the ${resource}`}`
  return {
    code: 'AUTHORIZATION_FAILED',
    because: `the login is not allowed to use ${use}`,
    remedy: or === undefined ? grant : `${grant}, or ${or}`,
  }
}

/** By IAM's names, or by those of the ACLs that they are equivalent to. */
function rightsOf(apiKey: number | undefined, on: KafkaResource, isIam: boolean): string | undefined {
  const rows = Object.entries(kafkaCalls).filter(([, call]) => call.apiKey === apiKey)
  // A call that comes in several kinds has them in parentheses: its plain row says what every kind needs.
  const plain = rows.filter(([name]) => !name.includes('('))
  const needs = (plain.length > 0 ? plain : rows).flatMap(([, call]) => call.needs)
  const rights = needs
    .filter((action) => kafkaActions[action].on === on)
    .map((action) => (isIam ? policyActionOf(action) : (kafkaActions[action].acl ?? action).split(' ')[0]))
  return rights.length === 0 ? undefined : [...new Set(rights)].join(' and ')
}
