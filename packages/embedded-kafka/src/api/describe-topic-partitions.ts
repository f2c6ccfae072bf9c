/** DescribeTopicPartitions: topics page by page, with their eligible leader replicas (KIP-966). */

import { errorCode } from '../error-codes.ts'
import { topicNameProblem } from '../topic-names.ts'
import { array, bool, int16, int32, string, struct, uuid, zeroUuid } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { codeOf } from './group-access.ts'
import { allTopicOperations } from './authorized-operations.ts'
import { describePartition } from './partition-description.ts'

/** max.request.partition.size.limit */
const mostPartitions = 2_000

export const describeTopicPartitions = defineApi({
  name: 'DescribeTopicPartitions',
  key: 75,
  versions: [0, 0],
  flexibleFrom: 0,
  request: {
    topics: array({ name: string() }),
    responsePartitionLimit: int32('0+', { default: mostPartitions }),
    cursor: struct({ topicName: string(), partitionIndex: int32() }, '0+', { nullable: '0+', default: null }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({
      errorCode: int16(),
      name: string('0+', { nullable: '0+' }),
      topicId: uuid('0+', { default: zeroUuid }),
      isInternal: bool('0+', { default: false }),
      partitions: array(
        {
          errorCode: int16(),
          partitionIndex: int32(),
          leaderId: int32(),
          leaderEpoch: int32(),
          replicaNodes: array(int32()),
          isrNodes: array(int32()),
          eligibleLeaderReplicas: array(int32(), '0+', { nullable: '0+', default: [] }),
          lastKnownElr: array(int32(), '0+', { nullable: '0+', default: [] }),
          offlineReplicas: array(int32()),
        },
        '0+',
        { default: [] },
      ),
      topicAuthorizedOperations: int32('0+', { default: allTopicOperations }),
    }),
    nextCursor: struct({ topicName: string(), partitionIndex: int32() }, '0+', {
      nullable: '0+',
      default: null,
    }),
  },
  handle(context, { topics, responsePartitionLimit, cursor }) {
    const known = context.cluster.topics
      .all()
      .map(({ name }) => name)
      .filter((name) => context.access.shows('DescribeTopicPartitions', 'topic', name))
    const wanted = topics.length === 0 ? known : topics.map(({ name }) => name)
    const from = cursor ?? { topicName: '', partitionIndex: 0 }
    const names = [...new Set(wanted)].filter((name) => name >= from.topicName).toSorted()
    const page: ReturnType<typeof describe>[] = []
    let left = Math.min(Math.max(1, responsePartitionLimit), mostPartitions)
    for (const topicName of names) {
      const partitionIndex = topicName === from.topicName ? from.partitionIndex : 0
      if (left === 0) return { topics: page, nextCursor: { topicName, partitionIndex } }
      const topic = describe(context, topicName, partitionIndex, left)
      page.push(topic)
      left -= topic.partitions.length
      const next = partitionIndex + topic.partitions.length
      if (next < topic.count) return { topics: page, nextCursor: { topicName, partitionIndex: next } }
    }
    return { topics: page }
  },
  refuse: ({ topics }, code) => ({ topics: topics.map(({ name }) => ({ name, errorCode: code })) }),
})

function describe({ cluster, access }: RequestContext, name: string, from: number, most: number) {
  const denied = codeOf(() => access.check('DescribeTopicPartitions', 'topic', name))
  if (denied !== 0)
    return { errorCode: denied, name, partitions: [], count: 0, topicAuthorizedOperations: -2_147_483_648 }
  const topic = cluster.topics.find(name)
  if (topic === undefined) {
    const isSound = topicNameProblem(name) === undefined
    const code = isSound ? errorCode.UNKNOWN_TOPIC_OR_PARTITION : errorCode.INVALID_TOPIC_EXCEPTION
    return { errorCode: code, name, partitions: [], count: 0 }
  }
  const partitions = topic.partitions.slice(from, from + most)
  return {
    errorCode: errorCode.NONE,
    name,
    topicId: topic.id,
    count: topic.partitions.length,
    partitions: partitions.map((partition) => ({ ...describePartition(cluster, partition), errorCode: 0 })),
  }
}
