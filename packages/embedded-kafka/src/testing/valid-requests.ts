/** A valid request of every API in every version: what the fuzz begins with. */

import { gzipSync } from 'node:zlib'
import { type Api } from '../api/api.ts'
import { addOffsetsToTxn } from '../api/add-offsets-to-txn.ts'
import { addPartitionsToTxn } from '../api/add-partitions-to-txn.ts'
import { alterConfigs } from '../api/alter-configs.ts'
import { apiVersions } from '../api/api-versions.ts'
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
import { saslAuthenticate } from '../api/sasl-authenticate.ts'
import { saslHandshake } from '../api/sasl-handshake.ts'
import { syncGroup } from '../api/sync-group.ts'
import { txnOffsetCommit } from '../api/txn-offset-commit.ts'
import { type Reader } from '../wire/reader.ts'
import { type Encoded, type Fields } from '../wire/field.ts'
import { batchOf } from './batches.ts'
import { type Random } from './random.ts'
import { requestFrame } from './request-frame.ts'

/** The topics that every run begins with; all have three partitions. */
export const fuzzTopics = ['fuzz.delete', 'fuzz.compact'] as const

/** What clients were told so far, so that requests get past the first check. */
export type Known = {
  topicId: string
  memberId: string
  generationId: number
  producerId: bigint
  producerEpoch: number
}

export const nothingKnown: Known = {
  topicId: 'A'.repeat(22),
  memberId: '',
  generationId: -1,
  producerId: -1n,
  producerEpoch: -1,
}

export type ValidRequests = {
  readonly api: Pick<Api<Fields, Fields>, 'name' | 'key' | 'versions' | 'isFlexible'>
  frame(version: number, known: Known, random: Random): Buffer
  readAnswer(version: number, reader: Reader): unknown
}

function valid<Q extends Fields, A extends Fields>(
  api: Api<Q, A>,
  request: (known: Known, random: Random) => Encoded<Q>,
): ValidRequests {
  return {
    api,
    frame: (version, known, random) =>
      requestFrame(api, request(known, random), {
        version,
        correlationId: random.below(1_000_000),
        clientId: 'fuzz',
      }),
    readAnswer: (version, reader) => api.codecs(version).response.read(reader),
  }
}

const partition = (random: Random): number => random.pick([0, 0, 0, 1, 2, 3])
const offset = (random: Random): bigint => random.pick([0n, 0n, 1n, 5n, 1_000n])
const topic = (random: Random): string => random.pick(fuzzTopics)
const group = (random: Random): string => random.pick(['fuzz-1', 'fuzz-2'])
const transaction = (random: Random): string => random.pick(['txn-1', 'txn-2'])
const instance = (random: Random): string | null => random.pick([null, null, 'static-1', 'static-2'])

const topicConfigs = [
  { name: 'retention.ms', value: '604800000' },
  { name: 'cleanup.policy', value: 'compact,delete' },
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'max.message.bytes', value: '100000' },
]

/** A batch with a sound checksum; sometimes with unsound content, which the checksum would otherwise hide. */
function batch({ producerId, producerEpoch }: Known, random: Random): Buffer {
  const isIdempotent = random.chance(0.5)
  const isCompressed = random.chance(0.2)
  const values = Array.from({ length: 1 + random.below(4) }, (_, at) => ({
    key: random.chance(0.8) ? Buffer.from(`k${at}`) : null,
    value: random.chance(0.8) ? Buffer.from(`value ${at}`) : null,
    headers: random.chance(0.2) ? [{ key: 'h', value: Buffer.from('v') }] : [],
  }))
  const twist = (records: Buffer): Buffer => {
    if (random.chance(0.3)) records.writeUInt8(random.below(256), random.below(records.length))
    return isCompressed ? gzipSync(records) : records
  }
  return batchOf(values, {
    compress: twist,
    attributes: (isCompressed ? 1 : 0) | (random.chance(0.2) ? 16 : 0) | (random.chance(0.02) ? 32 : 0),
    ...(random.chance(0.1) && { count: random.pick([0, -1, 1, 2, 1_000_000, 0x7fff_ffff]) }),
    ...(isIdempotent && { producerId, producerEpoch, baseSequence: random.pick([0, 0, 1, 2, 5]) }),
  })
}

const topicPartitions = (random: Random) => [
  { name: topic(random), partitionIndexes: [partition(random), 1] },
]
const transactional = (known: Known, random: Random) => ({
  transactionalId: transaction(random),
  producerId: known.producerId,
  producerEpoch: known.producerEpoch,
})
const committed = (random: Random) => [
  {
    name: topic(random),
    partitions: [
      {
        partitionIndex: partition(random),
        committedOffset: offset(random),
        committedMetadata: random.pick([null, '', 'm']),
      },
    ],
  },
]

/** One entry an API; each makes a request that every version of it can carry. */
export const validRequests: readonly ValidRequests[] = [
  valid(addOffsetsToTxn, (known, random) => ({ ...transactional(known, random), groupId: group(random) })),
  valid(addPartitionsToTxn, (known, random) => {
    const topics = [{ name: topic(random), partitions: [partition(random)] }]
    return {
      transactions: [{ ...transactional(known, random), topics }],
      v3AndBelowTransactionalId: transaction(random),
      v3AndBelowProducerId: known.producerId,
      v3AndBelowProducerEpoch: known.producerEpoch,
      v3AndBelowTopics: topics,
    }
  }),
  valid(alterConfigs, (_, random) => ({
    resources: [{ resourceType: 2, resourceName: topic(random), configs: [random.pick(topicConfigs)] }],
    validateOnly: random.chance(0.5),
  })),
  valid(apiVersions, () => ({ clientSoftwareName: 'fuzz', clientSoftwareVersion: '1.0' })),
  valid(createPartitions, (_, random) => ({
    topics: [{ name: topic(random), count: 4, assignments: random.pick([null, [{ brokerIds: [1] }]]) }],
    validateOnly: random.chance(0.9),
  })),
  valid(createTopics, (_, random) => ({
    topics: [
      { name: `fuzz.${random.below(5)}`, numPartitions: 2, replicationFactor: 1, configs: topicConfigs },
      {
        name: 'fuzz.assigned',
        numPartitions: -1,
        replicationFactor: -1,
        assignments: [{ partitionIndex: 0, brokerIds: [1] }],
      },
    ],
    validateOnly: random.chance(0.5),
  })),
  valid(deleteGroups, (_, random) => ({ groupsNames: [group(random), 'absent'] })),
  valid(deleteRecords, (_, random) => ({
    topics: [{ name: topic(random), partitions: [{ partitionIndex: partition(random), offset: -1n }] }],
  })),
  valid(deleteTopics, (known, random) => {
    const name = `fuzz.${random.below(5)}`
    return {
      topics: [
        { name, topicId: 'A'.repeat(22) },
        { name: null, topicId: known.topicId },
      ],
      topicNames: [name],
    }
  }),
  valid(describeCluster, () => ({ includeClusterAuthorizedOperations: true })),
  valid(describeConfigs, (_, random) => ({
    resources: [
      {
        resourceType: 2,
        resourceName: topic(random),
        configurationKeys: random.pick([null, ['retention.ms']]),
      },
      { resourceType: 4, resourceName: '1' },
    ],
    includeSynonyms: true,
    includeDocumentation: true,
  })),
  valid(describeGroups, (_, random) => ({ groups: [group(random)], includeAuthorizedOperations: true })),
  valid(describeProducers, (_, random) => ({ topics: topicPartitions(random) })),
  valid(describeTopicPartitions, (_, random) => ({
    topics: fuzzTopics.map((name) => ({ name })),
    responsePartitionLimit: random.pick([1, 2_000]),
    cursor: random.pick([null, { topicName: topic(random), partitionIndex: 1 }]),
  })),
  valid(describeTransactions, (_, random) => ({ transactionalIds: [transaction(random)] })),
  valid(endTxn, (known, random) => ({ ...transactional(known, random), committed: random.chance(0.5) })),
  valid(fetch, ({ topicId }, random) => ({
    maxWaitMs: random.pick([0, 500]),
    minBytes: random.pick([0, 1, 1_000_000]),
    isolationLevel: random.below(2),
    topics: [
      {
        topic: topic(random),
        topicId,
        partitions: [
          {
            partition: partition(random),
            fetchOffset: offset(random),
            partitionMaxBytes: random.pick([1, 1_048_576]),
          },
        ],
      },
    ],
    forgottenTopicsData: [{ topic: topic(random), topicId, partitions: [0] }],
  })),
  valid(findCoordinator, (_, random) => ({
    key: group(random),
    keyType: random.below(2),
    coordinatorKeys: [group(random), transaction(random)],
  })),
  valid(heartbeat, ({ memberId, generationId }, random) => ({
    groupId: group(random),
    memberId,
    generationId,
    groupInstanceId: instance(random),
  })),
  valid(incrementalAlterConfigs, (_, random) => ({
    resources: [
      {
        resourceType: 2,
        resourceName: topic(random),
        configs: [{ ...random.pick(topicConfigs), configOperation: random.below(4) }],
      },
    ],
    validateOnly: random.chance(0.5),
  })),
  valid(initProducerId, ({ producerId, producerEpoch }, random) => ({
    transactionalId: random.pick([null, transaction(random)]),
    transactionTimeoutMs: 60_000,
    ...(random.chance(0.3) && { producerId, producerEpoch }),
  })),
  valid(joinGroup, ({ memberId }, random) => ({
    groupId: group(random),
    memberId: random.pick(['', memberId]),
    groupInstanceId: instance(random),
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocolType: 'consumer',
    protocols: [
      { name: 'range', metadata: Buffer.from('m') },
      { name: 'roundrobin', metadata: Buffer.from('m') },
    ],
  })),
  valid(leaveGroup, ({ memberId }, random) => ({
    groupId: group(random),
    memberId,
    members: [{ memberId, groupInstanceId: instance(random) }],
  })),
  valid(listGroups, (_, random) => ({ statesFilter: random.pick([[], ['Stable', 'Empty']]) })),
  valid(listOffsets, (_, random) => ({
    isolationLevel: random.below(2),
    topics: [
      {
        name: topic(random),
        partitions: [
          { partitionIndex: partition(random), timestamp: random.pick([-1n, -2n, -3n, 0n, 1_000n]) },
        ],
      },
    ],
  })),
  valid(listPartitionReassignments, (_, random) => ({
    topics: random.pick([null, topicPartitions(random)]),
  })),
  valid(listTransactions, (known, random) => ({
    stateFilters: random.pick([[], ['Ongoing']]),
    producerIdFilters: random.pick([[], [known.producerId]]),
  })),
  valid(metadata, (_, random) => ({
    topics: [{ name: topic(random) }, { name: 'absent' }],
    includeTopicAuthorizedOperations: true,
  })),
  valid(offsetCommit, ({ memberId, generationId }, random) => ({
    groupId: group(random),
    ...(random.chance(0.5) && { memberId, generationId, groupInstanceId: instance(random) }),
    topics: committed(random),
  })),
  valid(offsetDelete, (_, random) => ({
    groupId: group(random),
    topics: [{ name: topic(random), partitions: [{ partitionIndex: partition(random) }] }],
  })),
  valid(offsetFetch, (_, random) => ({
    groupId: group(random),
    topics: topicPartitions(random),
    groups: [
      { groupId: group(random), topics: random.pick([null, topicPartitions(random)]) },
      { groupId: 'absent', topics: topicPartitions(random) },
    ],
    requireStable: random.chance(0.5),
  })),
  valid(offsetForLeaderEpoch, (_, random) => ({
    topics: [{ topic: topic(random), partitions: [{ partition: partition(random), leaderEpoch: 0 }] }],
  })),
  valid(produce, (known, random) => ({
    transactionalId: random.pick([null, null, transaction(random)]),
    acks: random.pick([-1, -1, 1, 0]),
    timeoutMs: 5_000,
    topicData: [
      {
        name: topic(random),
        topicId: known.topicId,
        partitionData: [
          {
            index: partition(random),
            records: random.pick([null, [batch(known, random)], [batch(known, random)]]),
          },
        ],
      },
    ],
  })),
  valid(saslAuthenticate, () => ({ authBytes: Buffer.from('\0user\0password') })),
  valid(saslHandshake, (_, random) => ({
    mechanism: random.pick(['PLAIN', 'SCRAM-SHA-512', 'OAUTHBEARER']),
  })),
  valid(syncGroup, ({ memberId, generationId }, random) => ({
    groupId: group(random),
    generationId,
    memberId,
    groupInstanceId: instance(random),
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('all') }],
  })),
  valid(txnOffsetCommit, (known, random) => ({
    ...transactional(known, random),
    groupId: group(random),
    memberId: known.memberId,
    generationId: known.generationId,
    topics: committed(random),
  })),
]
