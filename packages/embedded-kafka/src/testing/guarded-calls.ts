/** A request for each call of the table of MSK's actions, about the same topic, group and transactional id. */

import { type KafkaCall } from '@pinpipe/msk-auth/kafka-actions'
import { addOffsetsToTxn } from '../api/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../api/add-partitions-to-txn.ts'
import { alterConfigs } from '../api/alter-configs.ts'
import { type Api } from '../api/api.ts'
import { createPartitions } from '../api/create-partitions.ts'
import { createTopics } from '../api/create-topics.ts'
import { deleteGroups } from '../api/delete-groups.ts'
import { deleteRecords } from '../api/delete-records.ts'
import { deleteTopics } from '../api/delete-topics.ts'
import { describeCluster } from '../api/describe-cluster.ts'
import { describeConfigs } from '../api/describe-configs.ts'
import { describeGroups } from '../api/describe-groups.ts'
import { describeProducers } from '../api/describe-producers.ts'
import { describeTopicPartitions } from '../api/describe-topic-partitions.ts'
import { describeTransactions } from '../api/describe-transactions.ts'
import { endTxn } from '../api/end-txn.ts'
import { fetch } from '../api/fetch.ts'
import { findCoordinator } from '../api/find-coordinator.ts'
import { heartbeat } from '../api/heartbeat.ts'
import { incrementalAlterConfigs } from '../api/incremental-alter-configs.ts'
import { initProducerId } from '../api/init-producer-id.ts'
import { joinGroup } from '../api/join-group.ts'
import { leaveGroup } from '../api/leave-group.ts'
import { listGroups } from '../api/list-groups.ts'
import { listOffsets } from '../api/list-offsets.ts'
import { listPartitionReassignments } from '../api/list-partition-reassignments.ts'
import { listTransactions } from '../api/list-transactions.ts'
import { metadata } from '../api/metadata.ts'
import { offsetCommit } from '../api/offset-commit.ts'
import { offsetDelete } from '../api/offset-delete.ts'
import { offsetFetch } from '../api/offset-fetch.ts'
import { offsetForLeaderEpoch } from '../api/offset-for-leader-epoch.ts'
import { produce } from '../api/produce.ts'
import { syncGroup } from '../api/sync-group.ts'
import { txnOffsetCommit } from '../api/txn-offset-commit.ts'
import { type Encoded, type Fields } from '../wire/field.ts'
import { batchOf } from './batches.ts'
import { type WireClient } from './wire-client.ts'

export const topic = 'guarded.pin'
export const group = 'guarded-group'
export const transactionalId = 'guarded-txn'

export type GuardedCall = {
  readonly call: KafkaCall
  readonly send: (client: WireClient) => Promise<unknown>
}

function guarded<Q extends Fields, A extends Fields>(
  call: KafkaCall,
  api: Api<Q, A>,
  request: Encoded<Q>,
  version?: number,
): GuardedCall {
  return { call, send: (client) => client.call(api, request, version) }
}

/** The last version that names topics. */
const named = 12
const nobody = { producerId: 1n, producerEpoch: 0 }
const member = { groupId: group, memberId: 'nobody', generationId: 1 }
const offsets = [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 0n }] }]
const resource = (resourceType: number, resourceName: string) => [{ resourceType, resourceName, configs: [] }]
const produceOf = (batch: Buffer, id: string | null = null) => ({
  transactionalId: id,
  acks: -1,
  timeoutMs: 1_000,
  topicData: [{ name: topic, partitionData: [{ index: 0, records: [batch] }] }],
})
const record = ['x']

export const guardedCalls: readonly GuardedCall[] = [
  guarded('Produce', produce, produceOf(batchOf(record)), named),
  guarded(
    'Produce (idempotent)',
    produce,
    produceOf(batchOf(record, { producerId: 7n, producerEpoch: 0, baseSequence: 0 })),
    named,
  ),
  guarded(
    'Produce (transactional)',
    produce,
    produceOf(
      batchOf(record, { producerId: 8n, producerEpoch: 0, baseSequence: 0, attributes: 16 }),
      transactionalId,
    ),
    named,
  ),
  guarded(
    'Fetch',
    fetch,
    {
      maxWaitMs: 0,
      minBytes: 0,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1 }] }],
    },
    named,
  ),
  guarded('ListOffsets', listOffsets, {
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
    replicaId: -1,
  }),
  guarded('Metadata', metadata, { topics: [{ name: topic }] }),
  guarded('Metadata (creates topics)', metadata, { topics: [{ name: topic }], allowAutoTopicCreation: true }),
  guarded('OffsetCommit', offsetCommit, { groupId: group, topics: offsets }),
  guarded('OffsetFetch', offsetFetch, {
    groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: [0] }] }],
  }),
  guarded('FindCoordinator (group)', findCoordinator, { keyType: 0, coordinatorKeys: [group] }),
  guarded('FindCoordinator (transaction)', findCoordinator, {
    keyType: 1,
    coordinatorKeys: [transactionalId],
  }),
  guarded('JoinGroup', joinGroup, {
    groupId: group,
    sessionTimeoutMs: 6_000,
    memberId: 'nobody',
    protocolType: 'consumer',
    protocols: [],
  }),
  guarded('Heartbeat', heartbeat, member),
  guarded('LeaveGroup', leaveGroup, { groupId: group, members: [] }),
  guarded('SyncGroup', syncGroup, {
    ...member,
    protocolType: 'consumer',
    protocolName: 'x',
    assignments: [],
  }),
  guarded('DescribeGroups', describeGroups, { groups: [group] }),
  guarded('ListGroups', listGroups, {}),
  guarded('CreateTopics', createTopics, {
    topics: [{ name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 1,
  }),
  guarded('DeleteRecords', deleteRecords, {
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset: 0n }] }],
    timeoutMs: 1,
  }),
  guarded('InitProducerId (idempotent)', initProducerId, {
    transactionalId: null,
    transactionTimeoutMs: 1_000,
  }),
  guarded('InitProducerId (transactional)', initProducerId, { transactionalId, transactionTimeoutMs: 1_000 }),
  guarded('OffsetForLeaderEpoch', offsetForLeaderEpoch, {
    replicaId: -1,
    topics: [{ topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }],
  }),
  guarded(
    'AddPartitionsToTxn',
    addPartitionsToTxn,
    {
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: 1n,
      v3AndBelowProducerEpoch: 0,
      v3AndBelowTopics: [{ name: topic, partitions: [0] }],
    },
    3,
  ),
  guarded('AddOffsetsToTxn', addOffsetsToTxn, { transactionalId, ...nobody, groupId: group }),
  guarded('EndTxn', endTxn, { transactionalId, ...nobody, committed: false }),
  guarded('TxnOffsetCommit', txnOffsetCommit, {
    transactionalId,
    groupId: group,
    ...nobody,
    topics: offsets,
  }),
  guarded('DescribeConfigs (topic)', describeConfigs, {
    resources: [{ resourceType: 2, resourceName: topic, configurationKeys: null }],
  }),
  guarded('DescribeConfigs (broker)', describeConfigs, {
    resources: [{ resourceType: 4, resourceName: '1', configurationKeys: null }],
  }),
  guarded('AlterConfigs (topic)', alterConfigs, { resources: resource(2, topic), validateOnly: false }),
  guarded('AlterConfigs (broker)', alterConfigs, { resources: resource(4, '1'), validateOnly: false }),
  guarded('IncrementalAlterConfigs (topic)', incrementalAlterConfigs, {
    resources: resource(2, topic),
    validateOnly: false,
  }),
  guarded('IncrementalAlterConfigs (broker)', incrementalAlterConfigs, {
    resources: resource(4, '1'),
    validateOnly: false,
  }),
  guarded('CreatePartitions', createPartitions, {
    topics: [{ name: topic, count: 1, assignments: null }],
    timeoutMs: 1,
    validateOnly: true,
  }),
  guarded('DeleteGroups', deleteGroups, { groupsNames: [group] }),
  guarded('ListPartitionReassignments', listPartitionReassignments, { timeoutMs: 1, topics: null }),
  guarded('OffsetDelete', offsetDelete, {
    groupId: group,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }],
  }),
  guarded('DescribeCluster', describeCluster, {}),
  guarded('DescribeProducers', describeProducers, { topics: [{ name: topic, partitionIndexes: [0] }] }),
  guarded('DescribeTransactions', describeTransactions, { transactionalIds: [transactionalId] }),
  guarded('ListTransactions', listTransactions, { stateFilters: [], producerIdFilters: [] }),
  guarded('DescribeTopicPartitions', describeTopicPartitions, {
    topics: [{ name: topic }],
    responsePartitionLimit: 10,
  }),
  guarded('DeleteTopics', deleteTopics, { topics: [{ name: topic }], timeoutMs: 5_000 }),
]
