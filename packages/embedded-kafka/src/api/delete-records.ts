/** DeleteRecords: the log begins at a later offset. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { allowedPartition, checkLeader } from '../partition-access.ts'
import { type Partition } from '../topics.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

export const deleteRecords = defineApi({
  name: 'DeleteRecords',
  key: 21,
  versions: [0, 2],
  flexibleFrom: 2,
  request: {
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), offset: int64() }),
    }),
    timeoutMs: int32('0+', { default: 60_000 }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), lowWatermark: int64(), errorCode: int16() }),
    }),
  },
  handle(context, { topics }) {
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((wish) => remove(context, name, wish)),
      })),
    }
  },
  refuse: ({ topics }, code) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        lowWatermark: -1n,
        errorCode: code,
      })),
    })),
  }),
})

/** Instead of an offset: everything. */
const upToHighWatermark = -1n

function remove(
  context: RequestContext,
  name: string,
  { partitionIndex, offset }: { readonly partitionIndex: number; readonly offset: bigint },
) {
  try {
    const partition = allowedPartition(context, 'DeleteRecords', { name }, partitionIndex)
    checkLeader(partition, context.broker)
    if (context.cluster.topics.find(name)?.configs.list('cleanup.policy').includes('delete') === false)
      throw new RequestRefused('POLICY_VIOLATION', `records of ${name} can only be compacted`)
    partition.log.deleteBefore(wantedStart(partition, offset))
    return { partitionIndex, lowWatermark: partition.log.startOffset, errorCode: errorCode.NONE }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return { partitionIndex, lowWatermark: -1n, errorCode: error.code }
  }
}

function wantedStart({ log }: Partition, offset: bigint): bigint {
  const wanted = offset === upToHighWatermark ? log.highWatermark : offset
  if (wanted < 0n || wanted > log.highWatermark)
    throw new RequestRefused('OFFSET_OUT_OF_RANGE', `the log ends at ${log.highWatermark}`)
  return wanted
}
