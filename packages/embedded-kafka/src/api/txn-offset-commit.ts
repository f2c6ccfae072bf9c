/** TxnOffsetCommit: offsets that count when the transaction commits. From version 5 on it adds the group by itself. */

import { isDenial } from '../access.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { type ClassicGroup } from '../groups/classic-group.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { checkCoordinated, codeOf } from './group-access.ts'
import { committedOffset, longestMetadata } from './offset-commit.ts'

export const txnOffsetCommit = defineApi({
  name: 'TxnOffsetCommit',
  key: 28,
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    generationId: int32('3+', { default: -1 }),
    memberId: string('3+', { default: '' }),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32('2+', { default: -1 }),
        committedMetadata: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
  handle(context, request) {
    const { cluster } = context
    let group: ClassicGroup | undefined
    const refused = codeOf(() => {
      context.access.check('TxnOffsetCommit', 'transactional-id', request.transactionalId)
      checkCoordinated(context, 'TxnOffsetCommit', request.groupId)
      checkProducer(context, request)
      group = groupForCommit(context, request)
      group.checkCommit(request, true)
    })
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((wish) => {
          const { partitionIndex } = wish
          const key = { topic: name, partition: partitionIndex }
          if (isDenial(refused)) return { partitionIndex, errorCode: refused }
          const denied = codeOf(() => context.access.check('TxnOffsetCommit', 'topic', name))
          if (denied !== 0) return { partitionIndex, errorCode: denied }
          if (cluster.topics.partition(name, partitionIndex) === undefined)
            return { partitionIndex, errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION }
          if (refused !== 0) return { partitionIndex, errorCode: refused }
          if ((wish.committedMetadata?.length ?? 0) > longestMetadata)
            return { partitionIndex, errorCode: errorCode.OFFSET_METADATA_TOO_LARGE }
          group?.offsets.commitLater(request.producerId, key, committedOffset(context, wish))
          return { partitionIndex, errorCode: errorCode.NONE }
        }),
      })),
    }
  },
  refuse: ({ topics }, code) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
    })),
  }),
})

/** @throws RequestRefused, with the codes that clients of the version understand */
function checkProducer(
  { cluster, version }: RequestContext,
  request: {
    readonly transactionalId: string
    readonly groupId: string
    readonly producerId: bigint
    readonly producerEpoch: number
  },
): void {
  const { transactionalId, groupId, producerId, producerEpoch: epoch } = request
  try {
    if (version >= 5) cluster.transactions.addGroup(transactionalId, { producerId, epoch }, groupId)
    else cluster.transactions.verifyGroup(transactionalId, { producerId, epoch }, groupId)
  } catch (error) {
    throw asProduceError(error, version >= 4)
  }
}

/** @throws RequestRefused ILLEGAL_GENERATION */
function groupForCommit(
  { cluster }: RequestContext,
  { groupId, generationId }: { readonly groupId: string; readonly generationId: number },
): ClassicGroup {
  if (generationId < 0) return cluster.groups.findOrCreate(groupId)
  const group = cluster.groups.find(groupId)
  if (group === undefined) throw new RequestRefused('ILLEGAL_GENERATION', `Group ${groupId} not found.`)
  return group
}

/** What a coordinator refuses, as the partition that asked it says it. */
export function asProduceError(error: unknown, knowsAbortable: boolean): unknown {
  if (!(error instanceof RequestRefused)) return error
  if (error.code === errorCode.PRODUCER_FENCED)
    return new RequestRefused('INVALID_PRODUCER_EPOCH', error.message)
  if (error.code === errorCode.TRANSACTION_ABORTABLE && !knowsAbortable)
    return new RequestRefused('INVALID_TXN_STATE', error.message)
  return error
}
