/** OffsetCommit. */

import { isDenial } from '../access.ts'
import { RequestRefused, errorCode } from '../error-codes.ts'
import { type ClassicGroup } from '../groups/classic-group.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { checkCoordinated, codeOf } from './group-access.ts'

/** offset.metadata.max.bytes */
export const longestMetadata = 4_096

export const offsetCommit = defineApi({
  name: 'OffsetCommit',
  key: 8,
  versions: [2, 9],
  flexibleFrom: 8,
  request: {
    groupId: string(),
    generationId: int32('0+', { default: -1 }),
    memberId: string('0+', { default: '' }),
    groupInstanceId: string('7+', { nullable: '7+', default: null }),
    retentionTimeMs: int64('2-4', { default: -1n }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32('6+', { default: -1 }),
        committedMetadata: string('0+', { nullable: '0+', default: null }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32('3+', { default: 0 }),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },
  handle(context, request) {
    const { cluster } = context
    let group: ClassicGroup | undefined
    const refused = codeOf(() => {
      checkCoordinated(context, 'OffsetCommit', request.groupId)
      group = groupForCommit(context, request)
      group.checkCommit(request, false)
      group.committed(request.memberId)
    })
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((wish) => {
          const { partitionIndex } = wish
          if (isDenial(refused)) return { partitionIndex, errorCode: refused }
          const denied = codeOf(() => context.access.check('OffsetCommit', 'topic', name))
          if (denied !== 0) return { partitionIndex, errorCode: denied }
          if (cluster.topics.partition(name, partitionIndex) === undefined)
            return { partitionIndex, errorCode: errorCode.UNKNOWN_TOPIC_OR_PARTITION }
          if (refused !== 0) return { partitionIndex, errorCode: refused }
          if ((wish.committedMetadata?.length ?? 0) > longestMetadata)
            return { partitionIndex, errorCode: errorCode.OFFSET_METADATA_TOO_LARGE }
          group?.offsets.commit({ topic: name, partition: partitionIndex }, committedOffset(context, wish))
          return { partitionIndex, errorCode: errorCode.NONE }
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

/** A group that only stores offsets is founded by its first commit. @throws RequestRefused */
function groupForCommit(
  { cluster, version }: RequestContext,
  { groupId, generationId }: { readonly groupId: string; readonly generationId: number },
): ClassicGroup {
  if (generationId < 0) return cluster.groups.findOrCreate(groupId)
  const group = cluster.groups.find(groupId)
  if (group !== undefined) return group
  if (version >= 9) throw new RequestRefused('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`)
  throw new RequestRefused('ILLEGAL_GENERATION', `Group ${groupId} not found.`)
}

export function committedOffset(
  { cluster }: RequestContext,
  wish: {
    readonly committedOffset: bigint
    readonly committedLeaderEpoch: number
    readonly committedMetadata: string | null
  },
) {
  return {
    offset: wish.committedOffset,
    leaderEpoch: wish.committedLeaderEpoch,
    metadata: wish.committedMetadata ?? '',
    committedAt: cluster.clock.now(),
  }
}
