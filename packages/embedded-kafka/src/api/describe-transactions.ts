/** DescribeTransactions. */

import { errorCode } from '../error-codes.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { transactionCode } from './transaction-access.ts'

export const describeTransactions = defineApi({
  name: 'DescribeTransactions',
  key: 65,
  versions: [0, 0],
  flexibleFrom: 0,
  request: { transactionalIds: array(string()) },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    transactionStates: array({
      errorCode: int16(),
      transactionalId: string(),
      transactionState: string('0+', { default: '' }),
      transactionTimeoutMs: int32('0+', { default: 0 }),
      transactionStartTimeMs: int64('0+', { default: 0n }),
      producerId: int64('0+', { default: 0n }),
      producerEpoch: int16('0+', { default: 0 }),
      topics: array({ topic: string(), partitions: array(int32()) }, '0+', { default: [] }),
    }),
  },
  handle(context, { transactionalIds }) {
    return { transactionStates: transactionalIds.map((id) => describe(context, id)) }
  },
  refuse: ({ transactionalIds }, code) => ({
    transactionStates: transactionalIds.map((transactionalId) => ({ transactionalId, errorCode: code })),
  }),
})

function describe(context: RequestContext, transactionalId: string) {
  const code = transactionCode(context, { call: 'DescribeTransactions', transactionalId }, 0, () => undefined)
  if (code !== 0) return { transactionalId, errorCode: code }
  if (transactionalId === '') return { transactionalId, errorCode: errorCode.INVALID_REQUEST }
  const found = context.cluster.transactions.find(transactionalId)
  if (found === undefined) return { transactionalId, errorCode: errorCode.TRANSACTIONAL_ID_NOT_FOUND }
  const byTopic = Map.groupBy(found.partitions.values(), ({ topic }) => topic)
  return {
    transactionalId,
    errorCode: errorCode.NONE,
    transactionState: found.state,
    transactionTimeoutMs: found.timeoutMs,
    transactionStartTimeMs: BigInt(found.startedAt),
    producerId: found.producerId,
    producerEpoch: found.epoch,
    topics: [...byTopic].map(([topic, same]) => ({
      topic,
      partitions: same.map(({ partition }) => partition),
    })),
  }
}
