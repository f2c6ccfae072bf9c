/** ListOffsets: where a partition begins and ends, and which record was the first at a time. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { type TimedOffset, offsetAtTime, offsetOfLatestTime } from '../log/offset-lookup.ts'
import { allowedPartition, checkLeader } from '../partition-access.ts'
import { type Partition } from '../topics.ts'
import { array, int16, int32, int64, int8, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

/** Instead of a time. */
const latest = -1n
const earliest = -2n
const withLatestTime = -3n
const earliestLocal = -4n
const latestTiered = -5n

export const listOffsets = defineApi({
  name: 'ListOffsets',
  key: 2,
  versions: [1, 10],
  flexibleFrom: 6,
  request: {
    replicaId: int32('0+', { default: -1 }),
    isolationLevel: int8('2+', { default: 0 }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        currentLeaderEpoch: int32('4+', { default: -1 }),
        timestamp: int64(),
      }),
    }),
    timeoutMs: int32('10+', { default: 0 }),
  },
  response: {
    throttleTimeMs: int32('2+', { default: 0 }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        timestamp: int64('0+', { default: -1n }),
        offset: int64('0+', { default: -1n }),
        leaderEpoch: int32('4+', { default: -1 }),
      }),
    }),
  },
  handle(context, { isolationLevel, topics }) {
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((wish) => {
          const isRepeated = partitions.some(
            (other) => other !== wish && other.partitionIndex === wish.partitionIndex,
          )
          if (isRepeated) return { partitionIndex: wish.partitionIndex, errorCode: errorCode.INVALID_REQUEST }
          return lookUp(context, name, wish, isolationLevel === 1)
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

type Wish = {
  readonly partitionIndex: number
  readonly currentLeaderEpoch: number
  readonly timestamp: bigint
}

function lookUp(context: RequestContext, name: string, wish: Wish, isCommittedOnly: boolean) {
  const { partitionIndex } = wish
  try {
    const partition = allowedPartition(context, 'ListOffsets', { name }, partitionIndex)
    checkLeader(partition, context.broker, wish.currentLeaderEpoch)
    const found = find(partition, wish.timestamp, isCommittedOnly, context.version)
    if (found === undefined) return { partitionIndex, errorCode: errorCode.NONE }
    const { offset, timestamp } = found
    return {
      partitionIndex,
      errorCode: errorCode.NONE,
      offset,
      timestamp: BigInt(timestamp),
      leaderEpoch: partition.log.epochAt(offset),
    }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return { partitionIndex, errorCode: error.code }
  }
}

/** Version in which Kafka began to understand the later special times. */
const since: ReadonlyMap<bigint, number> = new Map([
  [withLatestTime, 7],
  [earliestLocal, 8],
  [latestTiered, 9],
])

function find(
  { log }: Partition,
  time: bigint,
  isCommittedOnly: boolean,
  version: number,
): TimedOffset | undefined {
  if (time < 0n && version < (since.get(time) ?? 0))
    throw new RequestRefused('UNSUPPORTED_VERSION', `the time ${time} has no meaning in version ${version}`)
  const end = isCommittedOnly ? log.lastStableOffset : log.highWatermark
  switch (time) {
    case latest:
      return { offset: end, timestamp: -1 }
    case earliest:
    case earliestLocal:
      return { offset: log.startOffset, timestamp: -1 }
    case latestTiered:
      return undefined
    default: {
      const found = time === withLatestTime ? offsetOfLatestTime(log) : offsetAtTime(log, Number(time))
      return found !== undefined && found.offset < end ? found : undefined
    }
  }
}
