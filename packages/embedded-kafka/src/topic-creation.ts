/** Creating topics as Kafka's controller does it: the same checks in the same order. */

import { type Cluster } from './cluster.ts'
import { RequestRefused } from './error-codes.ts'
import { checkAssignment } from './placement.ts'
import { TopicConfigs } from './topic-configs.ts'
import { type NewTopic } from './topics.ts'

export type TopicWish = {
  readonly name: string
  /** −1: the default. */
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/** Most partitions that one request may add (the controller's MAX_PARTITIONS_PER_BATCH). */
export const mostNewPartitions = 10_000

/** Whether the topics of one request have more partitions together than Kafka takes at once. */
export function isTooManyPartitions(cluster: Cluster, wishes: readonly TopicWish[]): boolean {
  const total = wishes.reduce((sum, { assignments, numPartitions }) => {
    if (assignments.length > 0) return sum + assignments.length
    return sum + (numPartitions === -1 ? cluster.options.defaultPartitions : Math.max(0, numPartitions))
  }, 0)
  return total > mostNewPartitions
}

/** What would be created. Changes nothing. @throws RequestRefused */
export function planTopic(cluster: Cluster, wish: TopicWish): NewTopic {
  cluster.topics.checkName(wish.name)
  const withoutValue = wish.configs.filter(({ value }) => value === null).map(({ name }) => name)
  if (withoutValue.length > 0)
    throw new RequestRefused(
      'INVALID_CONFIG',
      `Null value not supported for topic configs: ${withoutValue.join(',')}`,
    )
  const configs = new TopicConfigs(new Map(wish.configs.map(({ name, value }) => [name, value ?? ''])))
  return { name: wish.name, assignments: assignmentsOf(cluster, wish), configs }
}

function assignmentsOf(cluster: Cluster, wish: TopicWish): readonly (readonly number[])[] {
  if (wish.assignments.length > 0) return manualAssignments(cluster, wish)
  if (wish.replicationFactor < -1 || wish.replicationFactor === 0)
    throw new RequestRefused(
      'INVALID_REPLICATION_FACTOR',
      'Replication factor must be larger than 0, or -1 to use the default value.',
    )
  if (wish.numPartitions < -1 || wish.numPartitions === 0)
    throw new RequestRefused(
      'INVALID_PARTITIONS',
      'Number of partitions was set to an invalid non-positive value.',
    )
  const partitions = wish.numPartitions === -1 ? cluster.options.defaultPartitions : wish.numPartitions
  const replicationFactor =
    wish.replicationFactor === -1 ? cluster.defaultReplicationFactor : wish.replicationFactor
  return cluster.topics.place(partitions, replicationFactor)
}

function manualAssignments(cluster: Cluster, wish: TopicWish): readonly (readonly number[])[] {
  if (wish.replicationFactor !== -1)
    throw new RequestRefused(
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    )
  if (wish.numPartitions !== -1)
    throw new RequestRefused(
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    )
  const byPartition = new Map<number, readonly number[]>()
  const brokerIds = cluster.brokers.all.map(({ id }) => id)
  for (const { partitionIndex, brokerIds: replicas } of wish.assignments) {
    if (byPartition.has(partitionIndex))
      throw new RequestRefused(
        'INVALID_REPLICA_ASSIGNMENT',
        `Found multiple manual partition assignments for partition ${partitionIndex}`,
      )
    checkAssignment(replicas, brokerIds, [...byPartition.values()].at(-1)?.length)
    byPartition.set(partitionIndex, replicas)
  }
  return Array.from({ length: byPartition.size }, (_, partition) => {
    const replicas = byPartition.get(partition)
    if (replicas === undefined)
      throw new RequestRefused(
        'INVALID_REPLICA_ASSIGNMENT',
        'partitions should be a consecutive 0-based integer sequence',
      )
    return replicas
  })
}
