/** AddPartitionsToTxn: from version 4 on it is spoken between brokers, for several transactions at once. */

import { errorCode } from '../error-codes.ts'
import { array, bool, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { codeOf } from './group-access.ts'
import { transactionCode } from './transaction-access.ts'

const topics = { name: string(), partitions: array(int32()) }
const topicResults = {
  name: string(),
  resultsByPartition: array({ partitionIndex: int32(), partitionErrorCode: int16() }),
}

export const addPartitionsToTxn = defineApi({
  name: 'AddPartitionsToTxn',
  key: 24,
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    transactions: array(
      {
        transactionalId: string(),
        producerId: int64(),
        producerEpoch: int16(),
        verifyOnly: bool('0+', { default: false }),
        topics: array(topics),
      },
      '4+',
      { default: [] },
    ),
    v3AndBelowTransactionalId: string('0-3', { default: '' }),
    v3AndBelowProducerId: int64('0-3', { default: -1n }),
    v3AndBelowProducerEpoch: int16('0-3', { default: -1 }),
    v3AndBelowTopics: array(topics, '0-3', { default: [] }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16('4+', { default: 0 }),
    resultsByTransaction: array({ transactionalId: string(), topicResults: array(topicResults) }, '4+', {
      default: [],
    }),
    resultsByTopicV3AndBelow: array(topicResults, '0-3', { default: [] }),
  },
  handle(context, request) {
    if (context.version >= 4)
      return {
        resultsByTransaction: request.transactions.map((wish) => ({
          transactionalId: wish.transactionalId,
          topicResults: add(context, wish),
        })),
      }
    return {
      resultsByTopicV3AndBelow: add(context, {
        transactionalId: request.v3AndBelowTransactionalId,
        producerId: request.v3AndBelowProducerId,
        producerEpoch: request.v3AndBelowProducerEpoch,
        verifyOnly: false,
        topics: request.v3AndBelowTopics,
      }),
    }
  },
  refuse: ({ v3AndBelowTopics }, code) => ({
    errorCode: code,
    resultsByTopicV3AndBelow: resultsOf(v3AndBelowTopics, () => code),
  }),
})

type Topics = readonly { readonly name: string; readonly partitions: readonly number[] }[]
type Wish = {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly verifyOnly: boolean
  readonly topics: Topics
}

/** All partitions or none. */
function add(context: RequestContext, wish: Wish) {
  const { cluster, access } = context
  const { transactionalId, producerId, producerEpoch: epoch } = wish
  const deniedId = codeOf(() => access.check('AddPartitionsToTxn', 'transactional-id', transactionalId))
  if (deniedId !== 0) return resultsOf(wish.topics, () => deniedId)
  const problemOf = (topic: string, partition: number): number => {
    const denied = codeOf(() => access.check('AddPartitionsToTxn', 'topic', topic))
    if (denied !== 0) return denied
    return cluster.topics.partition(topic, partition) === undefined ? errorCode.UNKNOWN_TOPIC_OR_PARTITION : 0
  }
  const partitions = wish.topics.flatMap(({ name, partitions: indexes }) =>
    indexes.map((partition) => ({ topic: name, partition })),
  )
  if (partitions.some(({ topic, partition }) => problemOf(topic, partition) !== 0))
    return resultsOf(wish.topics, (topic, partition) => {
      const problem = problemOf(topic, partition)
      return problem === 0 ? errorCode.OPERATION_NOT_ATTEMPTED : problem
    })
  if (wish.verifyOnly)
    return resultsOf(wish.topics, (topic, partition) =>
      transactionCode(context, { call: 'AddPartitionsToTxn', transactionalId }, 2, () => {
        cluster.transactions.verifyPartition(transactionalId, { producerId, epoch }, { topic, partition })
      }),
    )
  const code = transactionCode(context, { call: 'AddPartitionsToTxn', transactionalId }, 2, () => {
    cluster.transactions.addPartitions(transactionalId, { producerId, epoch }, partitions)
  })
  return resultsOf(wish.topics, () => code)
}

function resultsOf(wanted: Topics, codeFor: (topic: string, partition: number) => number) {
  return wanted.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: codeFor(name, partitionIndex),
    })),
  }))
}
