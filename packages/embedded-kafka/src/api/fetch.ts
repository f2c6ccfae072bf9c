/**
 * Fetch. Sessions (KIP-227) are not offered: each answer says "no session", as Kafka does when its cache is full, and
 * clients then name all their partitions each time.
 */

import { isDenial } from '../access.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { type FetchWish, waitForBytes } from '../fetch-wait.ts'
import { allowedPartition, checkLeader, leaderHint } from '../partition-access.ts'
import { array, int16, int32, int64, int8, records, string, struct, uuid, zeroUuid } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

/** fetch.max.bytes of the broker. */
const mostBytes = 55 * 1024 * 1024

export const fetch = defineApi({
  name: 'Fetch',
  key: 1,
  versions: [4, 18],
  flexibleFrom: 12,
  request: {
    clusterId: string('12+', { nullable: '12+', default: null, tag: 0 }),
    replicaId: int32('0-14', { default: -1 }),
    replicaState: struct({ replicaId: int32(), replicaEpoch: int64() }, '15+', {
      tag: 1,
      default: undefined,
    }),
    maxWaitMs: int32(),
    minBytes: int32(),
    maxBytes: int32('0+', { default: 0x7fff_ffff }),
    isolationLevel: int8('0+', { default: 0 }),
    sessionId: int32('7+', { default: 0 }),
    sessionEpoch: int32('7+', { default: -1 }),
    topics: array({
      topic: string('0-12', { default: '' }),
      topicId: uuid('13+', { default: zeroUuid }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32('9+', { default: -1 }),
        fetchOffset: int64(),
        lastFetchedEpoch: int32('12+', { default: -1 }),
        logStartOffset: int64('5+', { default: -1n }),
        partitionMaxBytes: int32(),
        replicaDirectoryId: uuid('17+', { tag: 0, default: zeroUuid }),
        highWatermark: int64('18+', { tag: 1, default: 9_223_372_036_854_775_807n }),
      }),
    }),
    forgottenTopicsData: array(
      {
        topic: string('0-12', { default: '' }),
        topicId: uuid('13+', { default: zeroUuid }),
        partitions: array(int32()),
      },
      '7+',
      { default: [] },
    ),
    rackId: string('11+', { default: '' }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16('7+', { default: 0 }),
    sessionId: int32('7+', { default: 0 }),
    responses: array({
      topic: string('0-12', { default: '' }),
      topicId: uuid('13+', { default: zeroUuid }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        highWatermark: int64(),
        lastStableOffset: int64('0+', { default: -1n }),
        logStartOffset: int64('5+', { default: -1n }),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }, '12+', {
          tag: 1,
          default: undefined,
        }),
        abortedTransactions: array({ producerId: int64(), firstOffset: int64() }, '0+', {
          nullable: '0+',
          default: null,
        }),
        preferredReadReplica: int32('11+', { default: -1 }),
        records: records('0+', { nullable: '0+' }),
      }),
    }),
    nodeEndpoints: array(
      {
        nodeId: int32(),
        host: string(),
        port: int32(),
        rack: string('0+', { nullable: '0+', default: null }),
      },
      '16+',
      { tag: 0, default: [] },
    ),
  },
  async handle(context, request) {
    if (request.sessionEpoch > 0) return { errorCode: errorCode.FETCH_SESSION_ID_NOT_FOUND, responses: [] }
    const isCommittedOnly = request.isolationLevel === 1
    const wishes = request.topics.flatMap(({ topic, topicId, partitions }) =>
      partitions.map((wish): FetchWish => ({ ...wish, topic, topicId, isCommittedOnly })),
    )
    const maxBytes = Math.min(request.maxBytes, mostBytes)
    const first = readAll(context, wishes, maxBytes)
    const isEnough =
      first.bytes >= request.minBytes || first.results.some(({ isFailure }) => isFailure) || !first.isAnyKnown
    if (isEnough || request.maxWaitMs <= 0) return answerOf(first)
    context.pins.release()
    await waitForBytes(context, wishes, request)
    return answerOf(readAll(context, wishes, maxBytes))
  },
  refuse: ({ topics }, code, version) => ({
    errorCode: code,
    responses:
      version >= 13
        ? []
        : topics.map(({ topic, topicId, partitions }) => ({
            topic,
            topicId,
            partitions: partitions.map(({ partition }) => failed(partition, code)),
          })),
  }),
})

type Result = ReturnType<typeof readOne>
type Results = { readonly bytes: number; readonly isAnyKnown: boolean; readonly results: readonly Result[] }

/** As much as fits, in the order of the request; the first partition with records may exceed the limits. */
function readAll(context: RequestContext, wishes: readonly FetchWish[], maxBytes: number): Results {
  let bytes = 0
  const results = wishes.map((wish) => {
    const result = readOne(context, wish, maxBytes - bytes, bytes === 0)
    bytes += result.bytes
    return result
  })
  return { bytes, results, isAnyKnown: results.some(({ isKnown }) => isKnown) }
}

function readOne(context: RequestContext, wish: FetchWish, bytesLeft: number, atLeastOne: boolean) {
  const { cluster, broker, pins } = context
  const { topic, topicId, partition: index, isCommittedOnly } = wish
  const where = { topic, topicId, isKnown: true, isFailure: false, bytes: 0, endpoint: undefined }
  try {
    const partition = allowedPartition(context, 'Fetch', { name: topic, topicId }, index)
    try {
      checkLeader(partition, broker, wish.currentLeaderEpoch)
      const { log } = partition
      const maxBytes = Math.max(0, Math.min(bytesLeft, wish.partitionMaxBytes))
      const {
        records: slices,
        bytes,
        aborted,
      } = log.read(wish.fetchOffset, { maxBytes, atLeastOne, isCommittedOnly, pins })
      const answer = {
        partitionIndex: index,
        errorCode: errorCode.NONE,
        highWatermark: log.highWatermark,
        lastStableOffset: log.lastStableOffset,
        logStartOffset: log.startOffset,
        abortedTransactions: aborted,
        records: slices,
      }
      return { ...where, bytes, answer }
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error
      const hint =
        error.code === errorCode.NOT_LEADER_OR_FOLLOWER ? leaderHint(cluster, partition) : undefined
      const answer = { ...failed(index, error.code), currentLeader: hint?.currentLeader }
      return { ...where, isFailure: true, answer, endpoint: hint?.endpoint }
    }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    // Whoever may not read is told of no aborted transactions; of a partition that is not there, nothing is told.
    const answer = { ...failed(index, error.code), abortedTransactions: isDenial(error.code) ? [] : null }
    return { ...where, isKnown: false, answer }
  }
}

function failed(partitionIndex: number, code: number) {
  return { partitionIndex, errorCode: code, highWatermark: -1n, records: [] }
}

function answerOf({ results }: Results) {
  const byTopic = Map.groupBy(results, ({ topic, topicId }) => `${topic} ${topicId}`)
  const endpoints = results.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint]))
  return {
    responses: [...byTopic.values()].map((same) => ({
      topic: same[0]?.topic ?? '',
      topicId: same[0]?.topicId ?? zeroUuid,
      partitions: same.map(({ answer }) => answer),
    })),
    nodeEndpoints: [...new Map(endpoints.map((one) => [one.nodeId, one])).values()],
  }
}
