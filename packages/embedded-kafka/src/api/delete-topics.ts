/** DeleteTopics, by name or (from version 6 on) by id. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { type Topic } from '../topics.ts'
import { array, int16, int32, string, uuid, zeroUuid } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'

export const deleteTopics = defineApi({
  name: 'DeleteTopics',
  key: 20,
  versions: [1, 6],
  flexibleFrom: 4,
  request: {
    topics: array(
      {
        name: string('0+', { nullable: '6+', default: null }),
        topicId: uuid('0+', { default: zeroUuid }),
      },
      '6+',
      { default: [] },
    ),
    topicNames: array(string(), '1-5', { default: [] }),
    timeoutMs: int32('0+', { default: 60_000 }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    responses: array({
      name: string('0+', { nullable: '6+' }),
      topicId: uuid('6+', { default: zeroUuid }),
      errorCode: int16(),
      errorMessage: string('5+', { nullable: '5+', default: null }),
    }),
  },
  handle(context, { topics, topicNames }) {
    const wishes = [...topics, ...topicNames.map((name) => ({ name, topicId: zeroUuid }))]
    const byWish = Map.groupBy(wishes, ({ name, topicId }) => `${name} ${topicId}`)
    return { responses: [...byWish.values()].map((same) => remove(context, same)) }
  },
  refuse: ({ topics, topicNames }, code) => ({
    responses: [...topics, ...topicNames.map((name) => ({ name, topicId: zeroUuid }))].map((wish) => ({
      ...wish,
      errorCode: code,
    })),
  }),
})

type Wish = { readonly name: string | null; readonly topicId: string }

function remove({ cluster, access }: RequestContext, [wish, second]: readonly Wish[]) {
  const { name, topicId } = wish ?? { name: null, topicId: zeroUuid }
  try {
    if (name !== null) access.check('DeleteTopics', 'topic', name)
    const topic = find(cluster.topics, { name, topicId }, second !== undefined)
    access.check('DeleteTopics', 'topic', topic.name)
    cluster.deleteTopic(topic)
    return { name: topic.name, topicId: topic.id, errorCode: errorCode.NONE }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    return { name, topicId, errorCode: error.code, errorMessage: error.message }
  }
}

function find(
  topics: RequestContext['cluster']['topics'],
  { name, topicId }: Wish,
  isRepeated: boolean,
): Topic {
  if (name === null && topicId === zeroUuid)
    throw new RequestRefused('INVALID_REQUEST', 'Neither topic name nor id were specified.')
  if (name !== null && topicId !== zeroUuid)
    throw new RequestRefused('INVALID_REQUEST', 'You may not specify both topic name and topic id.')
  if (isRepeated)
    throw new RequestRefused('INVALID_REQUEST', `Duplicate topic ${name === null ? 'id' : 'name'}.`)
  const topic = name === null ? topics.findById(topicId) : topics.find(name)
  if (topic !== undefined) return topic
  if (name === null) throw new RequestRefused('UNKNOWN_TOPIC_ID', 'This server does not host this topic ID.')
  throw new RequestRefused('UNKNOWN_TOPIC_OR_PARTITION', 'This server does not host this topic-partition.')
}
