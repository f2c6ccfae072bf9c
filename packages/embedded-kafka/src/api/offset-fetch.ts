/** OffsetFetch. */

import { errorCode } from '../error-codes.ts'
import { type GroupOffsets, type OffsetKey } from '../groups/group-offsets.ts'
import { type Access } from '../access.ts'
import { array, bool, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { checkCoordinated, codeOf } from './group-access.ts'

const partitionAnswer = {
  partitionIndex: int32(),
  committedOffset: int64(),
  committedLeaderEpoch: int32('5+', { default: -1 }),
  metadata: string('0+', { nullable: '0+' }),
  errorCode: int16(),
}

export const offsetFetch = defineApi({
  name: 'OffsetFetch',
  key: 9,
  versions: [1, 9],
  flexibleFrom: 6,
  request: {
    groupId: string('0-7', { default: '' }),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, '0-7', {
      nullable: '2+',
      default: [],
    }),
    groups: array(
      {
        groupId: string(),
        memberId: string('9+', { nullable: '9+', default: null }),
        memberEpoch: int32('9+', { default: -1 }),
        topics: array({ name: string(), partitionIndexes: array(int32()) }, '0+', { nullable: '8+' }),
      },
      '8+',
      { default: [] },
    ),
    requireStable: bool('7+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('3+', { default: 0 }),
    topics: array({ name: string(), partitions: array(partitionAnswer) }, '0-7', { default: [] }),
    errorCode: int16('2-7', { default: 0 }),
    groups: array(
      {
        groupId: string(),
        topics: array({ name: string(), partitions: array(partitionAnswer) }),
        errorCode: int16('0+', { default: 0 }),
      },
      '8+',
      { default: [] },
    ),
  },
  handle(context, request) {
    const { requireStable } = request
    if (context.version >= 8)
      return { groups: request.groups.map((wish) => lookUp(context, wish, requireStable)) }
    return lookUp(context, request, requireStable)
  },
  refuse: ({ groups }, code) => ({
    errorCode: code,
    groups: groups.map(({ groupId }) => ({ groupId, topics: [], errorCode: code })),
  }),
})

type Topics = readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[]

function lookUp(
  context: RequestContext,
  { groupId, topics }: { readonly groupId: string; readonly topics: Topics | null },
  requireStable: boolean,
) {
  const code = codeOf(() => checkCoordinated(context, 'OffsetFetch', groupId))
  if (code !== 0) return { groupId, errorCode: code, topics: [] }
  const offsets = context.cluster.groups.find(groupId)?.offsets
  const { access } = context
  const shown = topicsOf(offsets).filter(({ name }) => access.shows('OffsetFetch', 'topic', name))
  const wanted = topics ?? shown
  return {
    groupId,
    errorCode: errorCode.NONE,
    topics: wanted.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) =>
        answerFor({ topic: name, partition }, offsets, { requireStable, access }),
      ),
    })),
  }
}

function topicsOf(offsets: GroupOffsets | undefined): Topics {
  const keys = offsets?.all().map(([key]) => key) ?? []
  return [...Map.groupBy(keys, ({ topic }) => topic)].map(([name, same]) => ({
    name,
    partitionIndexes: same.map(({ partition }) => partition),
  }))
}

function answerFor(
  key: OffsetKey,
  offsets: GroupOffsets | undefined,
  { requireStable, access }: { readonly requireStable: boolean; readonly access: Access },
) {
  const nothing = {
    partitionIndex: key.partition,
    committedOffset: -1n,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: errorCode.NONE,
  }
  const denied = codeOf(() => access.check('OffsetFetch', 'topic', key.topic))
  if (denied !== 0) return { ...nothing, errorCode: denied }
  if (requireStable && offsets?.isPending(key) === true)
    return { ...nothing, errorCode: errorCode.UNSTABLE_OFFSET_COMMIT }
  const committed = offsets?.find(key)
  if (committed === undefined) return nothing
  const { offset, leaderEpoch, metadata } = committed
  return { ...nothing, committedOffset: offset, committedLeaderEpoch: leaderEpoch, metadata }
}
