/** CreatePartitions: more partitions for a topic; fewer is not possible. */

import { type Cluster } from '../cluster.ts'
import { isDenial } from '../access.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { checkAssignment } from '../placement.ts'
import { mostNewPartitions } from '../topic-creation.ts'
import { array, bool, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const createPartitions = defineApi({
  name: 'CreatePartitions',
  key: 37,
  versions: [0, 3],
  flexibleFrom: 2,
  request: {
    topics: array({
      name: string(),
      count: int32(),
      assignments: array({ brokerIds: array(int32()) }, '0+', { nullable: '0+', default: null }),
    }),
    timeoutMs: int32('0+', { default: 60_000 }),
    validateOnly: bool('0+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    results: array({
      name: string(),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
    }),
  },
  handle({ cluster, access }, { topics, validateOnly }) {
    const byName = Map.groupBy(topics, ({ name }) => name)
    const results = [...byName].map(([name, [wish, second]]) => {
      try {
        if (wish === undefined || second !== undefined)
          throw new RequestRefused('INVALID_REQUEST', 'Duplicate topic name.')
        access.check('CreatePartitions', 'topic', name)
        grow(cluster, wish, validateOnly)
        return { name, errorCode: errorCode.NONE }
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error
        const isUnknown = error.code === errorCode.UNKNOWN_TOPIC_OR_PARTITION
        const isMute = isUnknown || isDenial(error.code) || error.code === errorCode.UNKNOWN_SERVER_ERROR
        return { name, errorCode: error.code, errorMessage: isMute ? null : error.message }
      }
    })
    return { results }
  },
  refuse: ({ topics }, code) => ({ results: topics.map(({ name }) => ({ name, errorCode: code })) }),
})

type Wish = {
  readonly name: string
  readonly count: number
  readonly assignments: readonly { readonly brokerIds: readonly number[] }[] | null
}

function grow(cluster: Cluster, { name, count, assignments }: Wish, validateOnly: boolean): void {
  const topic = cluster.topics.find(name)
  if (topic === undefined)
    throw new RequestRefused('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.')
  const { length } = topic.partitions
  if (count === length)
    throw new RequestRefused('INVALID_PARTITIONS', `Topic already has ${length} partition(s).`)
  if (count < length)
    throw new RequestRefused(
      'INVALID_PARTITIONS',
      `The topic ${name} currently has ${length} partition(s); ${count} would not be an increase.`,
    )
  const added = count - length
  // Kafka's controller has no better word for it.
  if (added > mostNewPartitions) throw new RequestRefused('UNKNOWN_SERVER_ERROR', '')
  if (assignments !== null && assignments.length !== added)
    throw new RequestRefused(
      'INVALID_REPLICA_ASSIGNMENT',
      `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
    )
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1
  const brokerIds = cluster.brokers.all.map(({ id }) => id)
  for (const { brokerIds: replicas } of assignments ?? [])
    checkAssignment(replicas, brokerIds, replicationFactor)
  const placed =
    assignments?.map((assignment) => assignment.brokerIds) ?? cluster.topics.place(added, replicationFactor)
  if (!validateOnly) for (const replicas of placed) cluster.topics.addPartition(topic, replicas)
}
