/** What a role's policy allows, asked by the table of Kafka's calls. */
import { type AppName, type AppOptions, grantsOf } from '@pinpipe/msk-auth/app-grants'
import { evaluate, parsePolicy, type Policy, type PolicyRequest } from '@pinpipe/msk-auth/iam-policy'
import {
  type KafkaAction,
  type KafkaCall,
  kafkaActions,
  kafkaCalls,
  type KafkaResource,
  policyActionOf,
} from '@pinpipe/msk-auth/kafka-actions'
import { groupArn, topicArn, transactionalIdArn } from '@pinpipe/msk-auth/kafka-arns'

type Statement = { readonly Action: readonly string[]; readonly Resource: readonly string[] }
export type Document = { readonly Version: string; readonly Statement: readonly Statement[] }

/** What an app works on. */
export type Place = {
  readonly cluster: string
  readonly topics: readonly string[]
  readonly group: string
}

type Refusal = { readonly call: KafkaCall; readonly action: KafkaAction; readonly arn: string }

/** Of each call the actions that are not allowed, with what they are refused on. */
export function refusals(policy: Policy, calls: readonly KafkaCall[], place: Place): readonly Refusal[] {
  return calls.flatMap((call) =>
    kafkaCalls[call].needs.flatMap((action) =>
      allResources(place)
        .filter(({ resource, arn }) => {
          const isAsked = resource === kafkaActions[action].on
          return isAsked && !isAllowed(policy, { action: policyActionOf(action), resource: arn })
        })
        .map(({ arn }) => ({ call, action, arn })),
    ),
  )
}

export function allResources(
  place: Place,
): readonly { readonly resource: KafkaResource; readonly arn: string }[] {
  return [
    { resource: 'cluster', arn: place.cluster },
    ...place.topics.map((topic) => ({ resource: 'topic', arn: topicArn(place.cluster, topic) }) as const),
    { resource: 'group', arn: groupArn(place.cluster, place.group) },
    { resource: 'transactional-id', arn: transactionalIdArn(place.cluster, place.group) },
  ]
}

/** Whether a call works on what is elsewhere. On another cluster everything does. */
export function isAbout(call: KafkaCall, elsewhere: Partial<Place>): boolean {
  const resources = kafkaCalls[call].needs.map((action) => kafkaActions[action].on)
  if (elsewhere.cluster !== undefined) return resources.length > 0
  return resources.includes(elsewhere.topics === undefined ? 'group' : 'topic')
}

export function isAllowed(policy: Policy, request: PolicyRequest): boolean {
  return evaluate([policy], request).decision === 'allowed'
}

export function policyFrom(document: Document): Policy {
  return parsePolicy(JSON.stringify(document), 'identity')
}

/** The document with that action taken out of every statement. */
export function without(document: Document, action: string): Document {
  const left = document.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((each) => each !== action),
  }))
  return { ...document, Statement: left.filter(({ Action }) => Action.length > 0) }
}

/** The actions on Kafka by the resource that they are granted on. */
export function grantedIn(document: Document): Readonly<Record<string, readonly string[]>> {
  const granted: Record<KafkaResource, string[]> = {
    cluster: [],
    topic: [],
    group: [],
    'transactional-id': [],
  }
  for (const { Action, Resource } of document.Statement) {
    const actions = Action.filter((action) => action.startsWith('kafka-cluster:'))
    const kinds = new Set(Resource.map((arn) => arn.split(':')[5]?.split('/')[0]))
    if (actions.length > 0) for (const kind of kinds) granted[kind as KafkaResource].push(...actions)
  }
  return Object.fromEntries(Object.entries(granted).map(([kind, actions]) => [kind, actions.toSorted()]))
}

export function sortedGrants(app: AppName, options: AppOptions): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(grantsOf(app, options)).map(([kind, actions]) => [
      kind,
      actions.map((action): string => policyActionOf(action)).toSorted(),
    ]),
  )
}
