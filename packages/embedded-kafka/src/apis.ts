/** Every API that the broker speaks. To add one: a file in `api/`, and a line here. */

import { type AnyApi } from './api/api.ts'
import { addOffsetsToTxn } from './api/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from './api/add-partitions-to-txn.ts'
import { alterConfigs } from './api/alter-configs.ts'
import { apiVersions } from './api/api-versions.ts'
import { createPartitions } from './api/create-partitions.ts'
import { createTopics } from './api/create-topics.ts'
import { deleteGroups } from './api/delete-groups.ts'
import { deleteRecords } from './api/delete-records.ts'
import { deleteTopics } from './api/delete-topics.ts'
import { describeCluster } from './api/describe-cluster.ts'
import { describeConfigs } from './api/describe-configs.ts'
import { describeGroups } from './api/describe-groups.ts'
import { describeProducers } from './api/describe-producers.ts'
import { describeTopicPartitions } from './api/describe-topic-partitions.ts'
import { describeTransactions } from './api/describe-transactions.ts'
import { endTxn } from './api/end-txn.ts'
import { fetch } from './api/fetch.ts'
import { findCoordinator } from './api/find-coordinator.ts'
import { heartbeat } from './api/heartbeat.ts'
import { incrementalAlterConfigs } from './api/incremental-alter-configs.ts'
import { initProducerId } from './api/init-producer-id.ts'
import { joinGroup } from './api/join-group.ts'
import { leaveGroup } from './api/leave-group.ts'
import { listGroups } from './api/list-groups.ts'
import { listOffsets } from './api/list-offsets.ts'
import { listPartitionReassignments } from './api/list-partition-reassignments.ts'
import { listTransactions } from './api/list-transactions.ts'
import { metadata } from './api/metadata.ts'
import { offsetCommit } from './api/offset-commit.ts'
import { offsetDelete } from './api/offset-delete.ts'
import { offsetFetch } from './api/offset-fetch.ts'
import { offsetForLeaderEpoch } from './api/offset-for-leader-epoch.ts'
import { produce } from './api/produce.ts'
import { saslAuthenticate } from './api/sasl-authenticate.ts'
import { saslHandshake } from './api/sasl-handshake.ts'
import { syncGroup } from './api/sync-group.ts'
import { txnOffsetCommit } from './api/txn-offset-commit.ts'
import { type Decoded } from './wire/field.ts'

const list = [
  addOffsetsToTxn,
  addPartitionsToTxn,
  alterConfigs,
  apiVersions,
  createPartitions,
  createTopics,
  deleteGroups,
  deleteRecords,
  deleteTopics,
  describeCluster,
  describeConfigs,
  describeGroups,
  describeProducers,
  describeTopicPartitions,
  describeTransactions,
  endTxn,
  fetch,
  findCoordinator,
  heartbeat,
  incrementalAlterConfigs,
  initProducerId,
  joinGroup,
  leaveGroup,
  listGroups,
  listOffsets,
  listPartitionReassignments,
  listTransactions,
  metadata,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  offsetForLeaderEpoch,
  produce,
  saslAuthenticate,
  saslHandshake,
  syncGroup,
  txnOffsetCommit,
] as const

export const apis: ReadonlyMap<number, AnyApi> = new Map<number, AnyApi>(list.map((api) => [api.key, api]))

/** The decoded request of each API, by its name. */
export type ApiRequests = {
  [A in (typeof list)[number] as A['name']]: Decoded<A['request']>
}
