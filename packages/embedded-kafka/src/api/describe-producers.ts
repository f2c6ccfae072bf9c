/** DescribeProducers: what a partition knows of its idempotent and transactional producers. */

import { isDenial } from '../access.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { allowedPartition, checkLeader } from '../partition-access.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

export const describeProducers = defineApi({
  name: 'DescribeProducers',
  key: 61,
  versions: [0, 0],
  flexibleFrom: 0,
  request: { topics: array({ name: string(), partitionIndexes: array(int32()) }) },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string('0+', { nullable: '0+', default: null }),
        activeProducers: array(
          {
            producerId: int64(),
            producerEpoch: int32(),
            lastSequence: int32(),
            lastTimestamp: int64(),
            coordinatorEpoch: int32(),
            currentTxnStartOffset: int64(),
          },
          '0+',
          { default: [] },
        ),
      }),
    }),
  },
  handle(context, { topics }) {
    return {
      topics: topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((partitionIndex) => describe(context, name, partitionIndex)),
      })),
    }
  },
  refuse: ({ topics }, code) => ({
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, errorCode: code })),
    })),
  }),
})

function describe(context: RequestContext, name: string, partitionIndex: number) {
  try {
    const partition = allowedPartition(context, 'DescribeProducers', { name }, partitionIndex)
    checkLeader(partition, context.broker)
    const activeProducers = partition.log.producers.active().map((producer) => ({
      producerId: producer.producerId,
      producerEpoch: producer.epoch,
      lastSequence: producer.lastSequence,
      lastTimestamp: BigInt(producer.lastTimestamp),
      coordinatorEpoch: producer.coordinatorEpoch,
      currentTxnStartOffset: producer.transactionStart ?? -1n,
    }))
    return { partitionIndex, errorCode: errorCode.NONE, activeProducers }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    const errorMessage = isDenial(error.code) ? error.message : null
    return { partitionIndex, errorCode: error.code, errorMessage }
  }
}
