/**
 * What has to be done so that the cluster has the wanted topics. Pure, and free of surprises by construction:
 *
 * - after the actions, the plan for the same wish has no actions (it converges);
 * - no action ever lowers a number of partitions, changes a replication factor or deletes;
 * - the order of the wishes and of the cluster's answer does not matter: equal states give equal plans, byte for byte.
 *
 * What must not be done is a refusal with its reason; whoever applies a plan applies nothing of it while one stands.
 */
import { tableOfTopic } from '@pinpipe/schema/catalogue'
import { collisionKey, isReserved, nameProblem } from './topic-name.ts'

/** A topic as it should be. What is absent is left to the broker, or as it is. */
export type DesiredTopic = {
  readonly topic: string
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
}

/** A topic as it is. */
export type ActualTopic = {
  readonly topic: string
  readonly partitions: number
  readonly replicationFactor: number
  /** The values in force, defaults included. */
  readonly configs: Readonly<Record<string, string>>
}

type CreateAction = DesiredTopic & { readonly kind: 'create' }
type AddPartitionsAction = {
  readonly kind: 'add-partitions'
  readonly topic: string
  readonly from: number
  readonly to: number
}
export type Action = CreateAction | AddPartitionsAction

/** A topic that is left as it is; `differences` are wishes that no action of this plan fulfils. */
type KeptTopic = { readonly topic: string; readonly differences: readonly string[] }

type Refusal = { readonly topic: string; readonly reason: string }

export type Plan = {
  readonly actions: readonly Action[]
  readonly kept: readonly KeptTopic[]
  readonly refusals: readonly Refusal[]
}

export type PlanOptions = { readonly allowKeyedPartitionIncrease?: boolean }

/** The plan from what is to what should be. Topics that nobody wishes for are not looked at, but for their names. */
export function plan(
  desired: readonly DesiredTopic[],
  actual: readonly ActualTopic[],
  options: PlanOptions = {},
): Plan {
  const existing = new Map(actual.map((topic) => [topic.topic, topic]))
  const names = new Set([...desired, ...actual].map((topic) => topic.topic))
  const actions: Action[] = []
  const kept: KeptTopic[] = []
  const refusals: Refusal[] = []
  for (const wish of desired.toSorted(byTopic)) {
    const is = existing.get(wish.topic)
    const reason = refusalOf(wish, is, { names, wishes: desired, options })
    if (reason !== undefined) refusals.push({ topic: wish.topic, reason })
    else if (is === undefined) actions.push({ kind: 'create', ...sorted(wish) })
    else if (wish.partitions !== undefined && wish.partitions > is.partitions) {
      actions.push({ kind: 'add-partitions', topic: wish.topic, from: is.partitions, to: wish.partitions })
    } else kept.push({ topic: wish.topic, differences: configDifferences(wish, is) })
  }
  return { actions, kept, refusals: unique(refusals) }
}

type Surroundings = {
  readonly names: ReadonlySet<string>
  readonly wishes: readonly DesiredTopic[]
  readonly options: PlanOptions
}

function refusalOf(
  wish: DesiredTopic,
  is: ActualTopic | undefined,
  around: Surroundings,
): string | undefined {
  const { topic } = wish
  if (isReserved(topic)) return 'names that begin with __ belong to the brokers'
  const problem = nameProblem(topic)
  if (problem !== undefined) return `the name ${problem}`
  if (around.wishes.filter((other) => other.topic === topic).length > 1) return 'it is wanted twice'
  const collision = collisionOf(topic, around.names)
  if (is === undefined && collision !== undefined) {
    return `its name collides with ${collision}: Kafka takes . and _ for the same in the names of metrics`
  }
  return is === undefined ? undefined : changeRefusal(wish, is, around.options)
}

/** Why an existing topic cannot become as wished, or `undefined`. */
function changeRefusal(wish: DesiredTopic, is: ActualTopic, options: PlanOptions): string | undefined {
  if (wish.replicationFactor !== undefined && wish.replicationFactor !== is.replicationFactor) {
    return `its replication factor is ${is.replicationFactor}, not ${wish.replicationFactor}: that needs a reassignment of replicas`
  }
  return wish.partitions === undefined
    ? undefined
    : partitionRefusal(wish.topic, is.partitions, wish.partitions, options)
}

/**
 * Why the number of partitions must not change from one to the other, or `undefined`. Fewer is never possible; more
 * moves the keys of a topic of the catalogue to other partitions, which breaks their order.
 */
export function partitionRefusal(
  topic: string,
  from: number,
  to: number,
  options: PlanOptions,
): string | undefined {
  if (to < from) {
    return `it has ${from} partitions, and Kafka cannot go down to ${to} without losing records: ask for ${from} or more, or make a new topic`
  }
  if (to > from && tableOfTopic(topic) !== undefined && options.allowKeyedPartitionIncrease !== true) {
    return `its records have keys, and going from ${from} to ${to} partitions moves keys to other partitions: pass --allow-keyed-partition-increase if no reader depends on their order`
  }
  return undefined
}

/** Another name that Kafka takes for the same (`a.b` and `a_b`), or `undefined`; the first one by the alphabet. */
export function collisionOf(topic: string, names: Iterable<string>): string | undefined {
  const key = collisionKey(topic)
  return [...names].filter((name) => name !== topic && collisionKey(name) === key).toSorted()[0]
}

function configDifferences(wish: DesiredTopic, is: ActualTopic): readonly string[] {
  return Object.entries(wish.configs ?? {})
    .filter(([name, value]) => is.configs[name] !== value)
    .map(([name, value]) => `${name} is ${is.configs[name] ?? 'unset'}, not ${value}`)
    .toSorted()
}

/** With its configs in the order of the alphabet, and no key that has no value. */
function sorted(wish: DesiredTopic): DesiredTopic {
  const { topic, partitions, replicationFactor, configs } = wish
  return {
    topic,
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(configs === undefined
      ? {}
      : { configs: Object.fromEntries(Object.entries(configs).toSorted(byName)) }),
  }
}

function unique(refusals: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(refusals.map((refusal) => [`${refusal.topic} ${refusal.reason}`, refusal])).values()]
}

function byTopic(a: { readonly topic: string }, b: { readonly topic: string }): number {
  return byName([a.topic], [b.topic])
}

/** By code units, which is Java's order and does not depend on a locale. */
function byName(a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}
