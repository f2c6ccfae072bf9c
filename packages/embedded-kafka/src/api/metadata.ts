/** Metadata: brokers, topics, and who leads which partition. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { planTopic } from '../topic-creation.ts'
import { topicNameProblem } from '../topic-names.ts'
import { type Topic } from '../topics.ts'
import { array, bool, int16, int32, string, uuid, zeroUuid } from '../wire/schema.ts'
import { allTopicOperations } from './authorized-operations.ts'
import { type RequestContext, defineApi } from './api.ts'
import { codeOf } from './group-access.ts'
import { describePartition } from './partition-description.ts'

export const metadata = defineApi({
  name: 'Metadata',
  key: 3,
  versions: [0, 13],
  flexibleFrom: 9,
  request: {
    topics: array(
      { topicId: uuid('10+', { default: zeroUuid }), name: string('0+', { nullable: '10+' }) },
      '0+',
      {
        nullable: '1+',
      },
    ),
    allowAutoTopicCreation: bool('4+', { default: true }),
    includeClusterAuthorizedOperations: bool('8-10', { default: false }),
    includeTopicAuthorizedOperations: bool('8+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('3+', { default: 0 }),
    brokers: array({
      nodeId: int32(),
      host: string(),
      port: int32(),
      rack: string('1+', { nullable: '1+', default: null }),
    }),
    clusterId: string('2+', { nullable: '2+', default: null }),
    controllerId: int32('1+', { default: -1 }),
    topics: array({
      errorCode: int16(),
      name: string('0+', { nullable: '12+' }),
      topicId: uuid('10+', { default: zeroUuid }),
      isInternal: bool('1+', { default: false }),
      partitions: array(
        {
          errorCode: int16(),
          partitionIndex: int32(),
          leaderId: int32(),
          leaderEpoch: int32('7+', { default: -1 }),
          replicaNodes: array(int32()),
          isrNodes: array(int32()),
          offlineReplicas: array(int32(), '5+'),
        },
        '0+',
        { default: [] },
      ),
      topicAuthorizedOperations: int32('8+', { default: -2_147_483_648 }),
    }),
    clusterAuthorizedOperations: int32('8-10', { default: -2_147_483_648 }),
    errorCode: int16('13+', { default: 0 }),
  },
  handle({ cluster, access, version }, request) {
    const { brokers, topics } = cluster
    // Before there were nullable lists, an empty one meant all.
    const wanted = version === 0 && request.topics?.length === 0 ? null : request.topics
    const known = (topic: Topic) => ({
      errorCode: errorCode.NONE,
      name: topic.name,
      topicId: topic.id,
      partitions: topic.partitions.map((partition) => describePartition(cluster, partition)),
      ...(request.includeTopicAuthorizedOperations && { topicAuthorizedOperations: allTopicOperations }),
    })
    const byNameOrId = ({ name, topicId }: { name: string | null; topicId: string }) => {
      if (version < 12 && (name === null || topicId !== zeroUuid)) return undefined
      if (topicId !== zeroUuid) {
        const topic = topics.findById(topicId)
        return topic === undefined || !access.shows('Metadata', 'topic', topic.name)
          ? { errorCode: errorCode.UNKNOWN_TOPIC_ID, name: null, topicId }
          : known(topic)
      }
      const denied = codeOf(() => access.check('Metadata', 'topic', name ?? ''))
      if (denied !== 0) return { errorCode: denied, name: name ?? '' }
      const topic = name === null ? undefined : topics.find(name)
      if (topic !== undefined) return known(topic)
      return {
        errorCode: codeOfUnknown({ cluster, access }, name ?? '', request.allowAutoTopicCreation),
        name: name ?? '',
      }
    }
    const shown = topics.all().filter(({ name }) => access.shows('Metadata', 'topic', name))
    const answers = wanted === null ? shown.map(known) : distinct(wanted).map(byNameOrId)
    // A request that this version does not allow: Kafka answers nothing useful either.
    if (answers.includes(undefined)) return 'hang-up'
    return {
      brokers: brokers.alive().map(({ id, host, port }) => ({ nodeId: id, host, port })),
      clusterId: cluster.id,
      controllerId: brokers.controllerId,
      topics: answers.filter((answer) => answer !== undefined),
    }
  },
  refuse: ({ topics }, code, version) => ({
    brokers: [],
    errorCode: code,
    topics: (topics ?? []).map(({ name, topicId }) => ({
      errorCode: code,
      name: version < 12 ? (name ?? '') : name,
      topicId,
    })),
  }),
})

function distinct<T extends { readonly name: string | null; readonly topicId: string }>(
  wanted: readonly T[],
): readonly T[] {
  return [...new Map(wanted.map((one) => [`${one.name} ${one.topicId}`, one])).values()]
}

/** A topic that is created on demand is there at the client's next look, as in Kafka. */
function codeOfUnknown(
  { cluster, access }: Pick<RequestContext, 'cluster' | 'access'>,
  name: string,
  mayCreate: boolean,
): number {
  if (topicNameProblem(name) !== undefined) return errorCode.INVALID_TOPIC_EXCEPTION
  if (!mayCreate || !cluster.options.autoCreateTopics) return errorCode.UNKNOWN_TOPIC_OR_PARTITION
  try {
    access.check('Metadata (creates topics)', 'topic', name)
    cluster.topics.create(
      planTopic(cluster, { name, numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }),
    )
    return errorCode.LEADER_NOT_AVAILABLE
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    throw error
  }
}
