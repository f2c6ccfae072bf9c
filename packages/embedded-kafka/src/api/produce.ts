/** Produce. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { RecordsRefused, checkRequestRecords } from '../log/batch-rules.ts'
import { RecordBatch, batchHeaderBytes, noProducer } from '../log/record-batch.ts'
import { allowedPartition, checkLeader, leaderHint } from '../partition-access.ts'
import { type Partition } from '../topics.ts'
import { array, int16, int32, int64, records, string, struct, uuid, zeroUuid } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { codeOf } from './group-access.ts'
import { asProduceError } from './txn-offset-commit.ts'

export const produce = defineApi({
  name: 'Produce',
  key: 0,
  versions: [3, 13],
  flexibleFrom: 9,
  request: {
    transactionalId: string('0+', { nullable: '0+', default: null }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array({
      name: string('0-12', { default: '' }),
      topicId: uuid('13+', { default: zeroUuid }),
      partitionData: array({ index: int32(), records: records('0+', { nullable: '0+' }) }),
    }),
  },
  response: {
    responses: array({
      name: string('0-12', { default: '' }),
      topicId: uuid('13+', { default: zeroUuid }),
      partitionResponses: array({
        index: int32(),
        errorCode: int16(),
        baseOffset: int64(),
        logAppendTimeMs: int64('0+', { default: -1n }),
        logStartOffset: int64('5+', { default: -1n }),
        recordErrors: array(
          {
            batchIndex: int32(),
            batchIndexErrorMessage: string('0+', { nullable: '0+', default: null }),
          },
          '8+',
          { default: [] },
        ),
        errorMessage: string('8+', { nullable: '8+', default: null }),
        currentLeader: struct({ leaderId: int32(), leaderEpoch: int32() }, '10+', {
          tag: 0,
          default: undefined,
        }),
      }),
    }),
    throttleTimeMs: int32('0+', { default: 0 }),
    nodeEndpoints: array(
      {
        nodeId: int32(),
        host: string(),
        port: int32(),
        rack: string('0+', { nullable: '0+', default: null }),
      },
      '10+',
      { tag: 0, default: [] },
    ),
  },
  handle(context, { acks, transactionalId, topicData }) {
    // Nobody is allowed to write for a transactional id that is not named.
    if (transactionalId === null && topicData.some(isTransactional))
      return refuseAll(topicData, errorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    if (transactionalId !== null) {
      const code = codeOf(() =>
        context.access.check('Produce (transactional)', 'transactional-id', transactionalId),
      )
      if (code !== 0) return refuseAll(topicData, code)
    }
    const responses = topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index, records: bytes }) =>
        append(context, { acks, transactionalId, name, topicId, index, bytes }),
      ),
    }))
    const outcomes = responses.flatMap(({ partitionResponses }) => partitionResponses)
    if (acks === 0) return outcomes.every((outcome) => outcome.errorCode === 0) ? undefined : 'hang-up'
    const endpoints = outcomes.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint]))
    return { responses, nodeEndpoints: [...new Map(endpoints.map((one) => [one.nodeId, one])).values()] }
  },
  refuse: ({ topicData }, code) => refuseAll(topicData, code),
})

type TopicData = {
  readonly name: string
  readonly topicId: string
  readonly partitionData: readonly { readonly index: number; readonly records: Buffer | null }[]
}

function isTransactional({ partitionData }: TopicData): boolean {
  return partitionData.some(({ records: bytes }) => {
    const isBatch = bytes !== null && bytes.length >= batchHeaderBytes
    return isBatch && new RecordBatch(bytes).isTransactional
  })
}

function refuseAll(topicData: readonly TopicData[], code: number) {
  return {
    responses: topicData.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: partitionData.map(({ index }) => ({ index, errorCode: code, baseOffset: -1n })),
    })),
  }
}

type Wish = {
  readonly acks: number
  readonly transactionalId: string | null
  readonly name: string
  readonly topicId: string
  readonly index: number
  readonly bytes: Buffer | null
}

function append(context: RequestContext, wish: Wish) {
  const { broker, version } = context
  let partition: Partition | undefined
  let appendingTo: Partition | undefined
  try {
    partition = allowedPartition(context, 'Produce', wish, wish.index)
    const bytes = checkRequestRecords(wish.bytes, version)
    checkAcks(wish.acks)
    checkLeader(partition, broker)
    appendingTo = partition
    checkInSync(context, partition, wish.acks)
    const batch = new RecordBatch(bytes)
    if (batch.producerId !== noProducer && !batch.isTransactional)
      context.access.check('Produce (idempotent)', 'cluster')
    checkTransaction(context, partition, wish, batch)
    const appended = partition.log.append(bytes, partition.leaderEpoch)
    return {
      index: wish.index,
      errorCode: errorCode.NONE,
      baseOffset: appended.baseOffset,
      logAppendTimeMs: BigInt(appended.logAppendTimeMs),
      logStartOffset: partition.log.startOffset,
      endpoint: undefined,
    }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return refusal(context, wish, { partition, appendingTo }, error)
  }
}

/** After these Kafka does not even tell where the log begins. */
const withoutLogStart: ReadonlySet<number> = new Set([
  errorCode.MESSAGE_TOO_LARGE,
  errorCode.CORRUPT_MESSAGE,
  errorCode.KAFKA_STORAGE_ERROR,
])

function refusal(
  { cluster }: RequestContext,
  { index }: Wish,
  where: { readonly partition: Partition | undefined; readonly appendingTo: Partition | undefined },
  error: RequestRefused,
) {
  const isElsewhere = error.code === errorCode.NOT_LEADER_OR_FOLLOWER
  const hint = isElsewhere ? leaderHint(cluster, where.partition) : undefined
  return {
    index,
    errorCode: error.code,
    baseOffset: -1n,
    logStartOffset: withoutLogStart.has(error.code) ? -1n : (where.appendingTo?.log.startOffset ?? -1n),
    // Kafka explains only what is wrong with single records.
    ...(error instanceof RecordsRefused && {
      recordErrors: error.recordErrors,
      errorMessage: error.message,
    }),
    currentLeader: hint?.currentLeader,
    endpoint: hint?.endpoint,
  }
}

/**
 * The first transactional batch in a partition: the coordinator must know that the partition takes part. From version 12
 * on the request itself tells it (KIP-890).
 */
function checkTransaction(
  { cluster, version }: RequestContext,
  { topic, index, log }: Partition,
  { transactionalId }: Wish,
  { isTransactional: isInTransaction, producerId, producerEpoch: epoch }: RecordBatch,
): void {
  if (!isInTransaction || producerId < 0n || log.producers.hasOpenTransaction(producerId)) return
  if (transactionalId === null)
    throw new RequestRefused('INVALID_TXN_STATE', 'Record was not part of an ongoing transaction')
  const where = { topic, partition: index }
  try {
    if (version >= 12) cluster.transactions.addPartitions(transactionalId, { producerId, epoch }, [where])
    else cluster.transactions.verifyPartition(transactionalId, { producerId, epoch }, where)
  } catch (error) {
    throw asProduceError(error, version >= 11)
  }
}

function checkAcks(acks: number): void {
  if (acks !== 0 && acks !== 1 && acks !== -1)
    throw new RequestRefused(
      'INVALID_REQUIRED_ACKS',
      'Produce request specified an invalid value for required acks.',
    )
}

function checkInSync(
  { cluster }: RequestContext,
  { topic, index, replicas, log }: Partition,
  acks: number,
): void {
  const needed = Math.min(log.minInSyncReplicas, replicas.length)
  const inSync = replicas.filter((id) => cluster.brokers.isAlive(id))
  if (acks === -1 && inSync.length < needed)
    throw new RequestRefused(
      'NOT_ENOUGH_REPLICAS',
      `The size of the current ISR Set(${inSync.join(', ')}) is insufficient to satisfy the min.isr requirement of ${needed} for partition ${topic}-${index}`,
    )
}
