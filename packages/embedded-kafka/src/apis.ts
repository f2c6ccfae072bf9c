/** Every API that the broker speaks. To add one: a file in `api/`, and a line here. */

import { type AnyApi } from './api/api.ts'
import { addOffsetsToTxn } from './api/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from './api/add-partitions-to-txn.ts'
import { apiVersions } from './api/api-versions.ts'
import { createTopics } from './api/create-topics.ts'
import { deleteGroups } from './api/delete-groups.ts'
import { describeGroups } from './api/describe-groups.ts'
import { describeProducers } from './api/describe-producers.ts'
import { describeTransactions } from './api/describe-transactions.ts'
import { endTxn } from './api/end-txn.ts'
import { fetch } from './api/fetch.ts'
import { findCoordinator } from './api/find-coordinator.ts'
import { heartbeat } from './api/heartbeat.ts'
import { initProducerId } from './api/init-producer-id.ts'
import { joinGroup } from './api/join-group.ts'
import { leaveGroup } from './api/leave-group.ts'
import { listGroups } from './api/list-groups.ts'
import { listOffsets } from './api/list-offsets.ts'
import { listTransactions } from './api/list-transactions.ts'
import { metadata } from './api/metadata.ts'
import { offsetCommit } from './api/offset-commit.ts'
import { offsetDelete } from './api/offset-delete.ts'
import { offsetFetch } from './api/offset-fetch.ts'
import { offsetForLeaderEpoch } from './api/offset-for-leader-epoch.ts'
import { produce } from './api/produce.ts'
import { syncGroup } from './api/sync-group.ts'
import { txnOffsetCommit } from './api/txn-offset-commit.ts'

const list: readonly AnyApi[] = [
  addOffsetsToTxn,
  addPartitionsToTxn,
  apiVersions,
  createTopics,
  deleteGroups,
  describeGroups,
  describeProducers,
  describeTransactions,
  endTxn,
  fetch,
  findCoordinator,
  heartbeat,
  initProducerId,
  joinGroup,
  leaveGroup,
  listGroups,
  listOffsets,
  listTransactions,
  metadata,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  offsetForLeaderEpoch,
  produce,
  syncGroup,
  txnOffsetCommit,
]

export const apis: ReadonlyMap<number, AnyApi> = new Map(list.map((api) => [api.key, api]))
