/** How Metadata and DescribeTopicPartitions show a partition. */

import { type Cluster } from '../cluster.ts'
import { errorCode } from '../error-codes.ts'
import { type Partition } from '../topics.ts'

export function describePartition({ brokers }: Cluster, { index, leader, leaderEpoch, replicas }: Partition) {
  const isOnline = brokers.isAlive(leader)
  return {
    errorCode: isOnline ? errorCode.NONE : errorCode.LEADER_NOT_AVAILABLE,
    partitionIndex: index,
    leaderId: isOnline ? leader : -1,
    leaderEpoch,
    replicaNodes: replicas,
    isrNodes: replicas.filter((id) => brokers.isAlive(id)),
    offlineReplicas: replicas.filter((id) => !brokers.isAlive(id)),
  }
}
