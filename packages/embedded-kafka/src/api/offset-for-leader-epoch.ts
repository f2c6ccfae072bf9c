/** OffsetForLeaderEpoch: where a leader's time ended, so that a consumer notices lost records (KIP-320). */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { allowedPartition, checkLeader } from '../partition-access.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const offsetForLeaderEpoch = defineApi({
  name: 'OffsetForLeaderEpoch',
  key: 23,
  versions: [2, 4],
  flexibleFrom: 4,
  request: {
    replicaId: int32('3+', { default: -2 }),
    topics: array({
      topic: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32('0+', { default: -1 }),
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({
      topic: string(),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32('0+', { default: -1 }),
        endOffset: int64('0+', { default: -1n }),
      }),
    }),
  },
  handle(context, { topics }) {
    const lookUp = (topic: string, wish: (typeof topics)[number]['partitions'][number]) => {
      try {
        const partition = allowedPartition(context, 'OffsetForLeaderEpoch', { name: topic }, wish.partition)
        checkLeader(partition, context.broker, wish.currentLeaderEpoch)
        const end = partition.log.endOfEpoch(wish.leaderEpoch)
        return {
          partition: wish.partition,
          errorCode: errorCode.NONE,
          leaderEpoch: end?.epoch ?? -1,
          endOffset: end?.endOffset ?? -1n,
        }
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error
        return { partition: wish.partition, errorCode: error.code }
      }
    }
    return {
      topics: topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map((wish) => lookUp(topic, wish)),
      })),
    }
  },
  refuse: ({ topics }, code) => ({
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: code })),
    })),
  }),
})
