/** Finding the partition that a request means, with the checks that each API on records makes. */

import { type KafkaCall } from '@pinpipe/msk-auth/kafka-actions'
import { type Access } from './access.ts'
import { type Broker } from './brokers.ts'
import { type Cluster } from './cluster.ts'
import { RequestRefused } from './error-codes.ts'
import { type Partition, type Topic } from './topics.ts'
import { zeroUuid } from './wire/schema.ts'

/** A topic by its id in versions that have ids, else by its name. @throws RequestRefused UNKNOWN_TOPIC_ID */
export function topicOf(
  { topics }: Cluster,
  { name, topicId }: { readonly name: string; readonly topicId: string },
): Topic | undefined {
  if (topicId === zeroUuid) return topics.find(name)
  const topic = topics.findById(topicId)
  if (topic === undefined)
    throw new RequestRefused('UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.')
  return topic
}

/**
 * The partition that a request means, if its client may make the call to the topic.
 * @throws RequestRefused TOPIC_AUTHORIZATION_FAILED, UNKNOWN_TOPIC_ID or UNKNOWN_TOPIC_OR_PARTITION
 */
export function allowedPartition(
  { cluster, access }: { readonly cluster: Cluster; readonly access: Access },
  call: KafkaCall,
  where: { readonly name: string; readonly topicId?: string },
  index: number,
): Partition {
  const topic = topicOf(cluster, { topicId: zeroUuid, ...where })
  access.check(call, 'topic', topic?.name ?? where.name)
  return partitionOf(topic, index)
}

/** @throws RequestRefused UNKNOWN_TOPIC_OR_PARTITION */
export function partitionOf(topic: Topic | undefined, index: number): Partition {
  const partition = topic?.partitions[index]
  if (partition === undefined)
    throw new RequestRefused('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.')
  return partition
}

/**
 * Records are written to and read from the leader only.
 * @param epoch what the client believes, −1 for nothing
 * @throws RequestRefused NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH or UNKNOWN_LEADER_EPOCH
 */
export function checkLeader(partition: Partition, broker: Broker, epoch = -1): void {
  if (epoch >= 0 && epoch < partition.leaderEpoch)
    throw new RequestRefused('FENCED_LEADER_EPOCH', 'the client knows an older leader epoch')
  if (epoch > partition.leaderEpoch)
    throw new RequestRefused('UNKNOWN_LEADER_EPOCH', 'the client knows a newer leader epoch')
  if (partition.leader !== broker.id)
    throw new RequestRefused(
      'NOT_LEADER_OR_FOLLOWER',
      `broker ${broker.id} does not lead ${partition.topic}-${partition.index}`,
    )
}

/** Where the leader is, for answers that tell it with NOT_LEADER_OR_FOLLOWER (KIP-951). */
export function leaderHint({ brokers }: Cluster, partition: Partition | undefined) {
  const leader = partition === undefined ? undefined : brokers.find(partition.leader)
  if (partition === undefined || leader === undefined) return undefined
  return {
    currentLeader: { leaderId: partition.leader, leaderEpoch: partition.leaderEpoch },
    endpoint: { nodeId: leader.id, host: leader.host, port: leader.port, rack: null },
  }
}
