/** OffsetDelete: forgets committed offsets of topics that the group does not consume now. */

import { RequestRefused, errorCode } from '../error-codes.ts'
import { type ClassicGroup } from '../groups/classic-group.ts'
import { subscribedTopics } from '../groups/subscription.ts'
import { array, int16, int32, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { checkCoordinated, codeOf } from './group-access.ts'

export const offsetDelete = defineApi({
  name: 'OffsetDelete',
  key: 47,
  versions: [0, 0],
  request: {
    groupId: string(),
    topics: array({ name: string(), partitions: array({ partitionIndex: int32() }) }),
  },
  response: {
    errorCode: int16(),
    throttleTimeMs: int32('0+', { default: 0 }),
    topics: array({ name: string(), partitions: array({ partitionIndex: int32(), errorCode: int16() }) }),
  },
  handle(context, { groupId, topics }) {
    let group: ClassicGroup | undefined
    const code = codeOf(() => {
      group = groupToChange(context, groupId)
    })
    if (group === undefined) return { errorCode: code, topics: [] }
    const { offsets } = group
    const subscribed = subscribedTopics(group)
    const remove = (topic: string, partition: number): number => {
      const denied = codeOf(() => context.access.check('OffsetDelete', 'topic', topic))
      if (denied !== 0) return denied
      if (context.cluster.topics.partition(topic, partition) === undefined)
        return errorCode.UNKNOWN_TOPIC_OR_PARTITION
      if (subscribed.has(topic)) return errorCode.GROUP_SUBSCRIBED_TO_TOPIC
      offsets.delete({ topic, partition })
      return errorCode.NONE
    }
    return {
      errorCode: errorCode.NONE,
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({
          partitionIndex,
          errorCode: remove(name, partitionIndex),
        })),
      })),
    }
  },
  refuse: (_, code) => ({ errorCode: code, topics: [] }),
})

function groupToChange(context: RequestContext, groupId: string): ClassicGroup {
  checkCoordinated(context, 'OffsetDelete', groupId)
  const group = context.cluster.groups.find(groupId)
  if (group === undefined) throw new RequestRefused('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`)
  // Of other protocols than the consumers' nobody knows what they are subscribed to.
  if (group.state !== 'Empty' && group.protocolType !== 'consumer')
    throw new RequestRefused('NON_EMPTY_GROUP', 'The group is not empty.')
  return group
}
