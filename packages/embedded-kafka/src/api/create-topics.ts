/** CreateTopics. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { isTooManyPartitions, planTopic } from '../topic-creation.ts'
import { array, bool, int16, int32, int8, string, uuid, zeroUuid } from '../wire/schema.ts'
import { defineApi } from './api.ts'

export const createTopics = defineApi({
  name: 'CreateTopics',
  key: 19,
  versions: [2, 7],
  flexibleFrom: 5,
  request: {
    topics: array({
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({ partitionIndex: int32(), brokerIds: array(int32()) }, '0+', { default: [] }),
      configs: array({ name: string(), value: string('0+', { nullable: '0+' }) }, '0+', { default: [] }),
    }),
    timeoutMs: int32('0+', { default: 60_000 }),
    validateOnly: bool('0+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({
      name: string(),
      topicId: uuid('7+', { default: zeroUuid }),
      errorCode: int16(),
      errorMessage: string('0+', { nullable: '0+', default: null }),
      topicConfigErrorCode: int16('5+', { tag: 0, default: 0 }),
      numPartitions: int32('5+', { default: -1 }),
      replicationFactor: int16('5+', { default: -1 }),
      configs: array(
        {
          name: string(),
          value: string('0+', { nullable: '0+' }),
          readOnly: bool(),
          configSource: int8(),
          isSensitive: bool(),
        },
        '5+',
        { nullable: '5+', default: [] },
      ),
    }),
  },
  handle({ cluster, access }, { topics, validateOnly }) {
    if (isTooManyPartitions(cluster, topics)) return { topics: topics.map(({ name }) => tooMany(name)) }
    const times = Map.groupBy(topics, ({ name }) => name)
    const once = topics.filter(({ name }) => times.get(name)?.length === 1)
    const twice = [...times].filter(([, same]) => same.length > 1)
    const outcomes = once.map((wish) => {
      try {
        access.check('CreateTopics', 'topic', wish.name)
        const plan = planTopic(cluster, wish)
        const topicId = validateOnly ? zeroUuid : cluster.topics.create(plan).id
        return {
          name: wish.name,
          topicId,
          errorCode: errorCode.NONE,
          numPartitions: plan.assignments.length,
          replicationFactor: plan.assignments[0]?.length ?? 0,
          configs: byName(plan.configs.entries()).map(({ name, value, source }) => ({
            name,
            value,
            readOnly: false,
            configSource: source,
            isSensitive: false,
          })),
        }
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error
        const isDenied = error.code === errorCode.TOPIC_AUTHORIZATION_FAILED
        const errorMessage = isDenied ? 'Authorization failed.' : error.message
        return { name: wish.name, errorCode: error.code, errorMessage }
      }
    })
    const duplicates = twice.map(([name]) => ({
      name,
      errorCode: errorCode.INVALID_REQUEST,
      errorMessage: 'Duplicate topic name.',
    }))
    return { topics: [...outcomes, ...duplicates] }
  },
  refuse: ({ topics }, code) => ({ topics: topics.map(({ name }) => ({ name, errorCode: code })) }),
})

function tooMany(name: string) {
  const errorMessage = 'Excessively large number of partitions per request.'
  return { name, errorCode: errorCode.POLICY_VIOLATION, errorMessage }
}

function byName<T extends { readonly name: string }>(entries: readonly T[]): readonly T[] {
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
