/** Requests of group members, with their usual fields filled in. */

import { heartbeat } from '../api/heartbeat.ts'
import { joinGroup } from '../api/join-group.ts'
import { leaveGroup } from '../api/leave-group.ts'
import { offsetCommit } from '../api/offset-commit.ts'
import { offsetFetch } from '../api/offset-fetch.ts'
import { syncGroup } from '../api/sync-group.ts'
import { type WireClient } from './wire-client.ts'
import { describeGroups } from '../api/describe-groups.ts'

type JoinOptions = {
  readonly memberId?: string
  readonly groupInstanceId?: string | null
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly protocolType?: string
  /** Names of protocols, or names with metadata. */
  readonly protocols?: readonly (string | { readonly name: string; readonly metadata: Buffer })[]
  readonly version?: number
}

export async function join(client: WireClient, groupId: string, options: JoinOptions = {}) {
  const { memberId = '', groupInstanceId = null, protocolType = 'consumer', version = 9 } = options
  const { sessionTimeoutMs = 30_000, rebalanceTimeoutMs = 60_000, protocols = ['range'] } = options
  const named = protocols.map((one) =>
    typeof one === 'string' ? { name: one, metadata: Buffer.from('m') } : one,
  )
  return await client.call(
    joinGroup,
    {
      groupId,
      memberId,
      groupInstanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocolType,
      protocols: named,
    },
    version,
  )
}

/** Joins as KIP-394 wants it: asks for an id, then joins with it. */
export async function joinKnown(client: WireClient, groupId: string, options: JoinOptions = {}) {
  const { memberId } = await join(client, groupId, options)
  return await join(client, groupId, { ...options, memberId })
}

type SyncOptions = {
  readonly groupInstanceId?: string | null
  readonly protocolType?: string | null
  readonly protocolName?: string | null
  readonly assignments?: Readonly<Record<string, string>>
  readonly version?: number
}

export async function sync(
  client: WireClient,
  groupId: string,
  { memberId, generationId }: { readonly memberId: string; readonly generationId: number },
  options: SyncOptions = {},
) {
  const { groupInstanceId = null, protocolType = 'consumer', protocolName = 'range', version = 5 } = options
  const assignments = Object.entries(options.assignments ?? {}).map(([id, text]) => ({
    memberId: id,
    assignment: Buffer.from(text),
  }))
  const request = {
    groupId,
    generationId,
    memberId,
    groupInstanceId,
    protocolType,
    protocolName,
    assignments,
  }
  return await client.call(syncGroup, request, version)
}

/** A group of one member, stable, with the assignment `mine`. */
export async function stableMember(client: WireClient, groupId: string, options: JoinOptions = {}) {
  const isStatic = options.groupInstanceId != null
  const member = await (isStatic ? join(client, groupId, options) : joinKnown(client, groupId, options))
  await sync(client, groupId, member, {
    groupInstanceId: options.groupInstanceId ?? null,
    assignments: { [member.memberId]: 'mine' },
    protocolType: member.protocolType,
    protocolName: member.protocolName,
  })
  return member
}

export async function beat(
  client: WireClient,
  groupId: string,
  { memberId, generationId }: { readonly memberId: string; readonly generationId: number },
  groupInstanceId: string | null = null,
): Promise<number> {
  const request = { groupId, memberId, generationId, groupInstanceId }
  return (await client.call(heartbeat, request)).errorCode
}

export async function leave(
  client: WireClient,
  groupId: string,
  members: readonly { readonly memberId: string; readonly groupInstanceId?: string | null }[],
) {
  return await client.call(leaveGroup, {
    groupId,
    members: members.map(({ memberId, groupInstanceId = null }) => ({ memberId, groupInstanceId })),
  })
}

type CommitOptions = {
  readonly memberId?: string
  readonly generationId?: number
  readonly groupInstanceId?: string | null
  readonly partition?: number
  readonly metadata?: string | null
  readonly leaderEpoch?: number
  readonly version?: number
}

/** @returns the partition's error code */
export async function commit(
  client: WireClient,
  groupId: string,
  topic: string,
  committedOffset: bigint,
  options: CommitOptions = {},
): Promise<number> {
  const { memberId = '', generationId = -1, groupInstanceId = null, partition = 0, version = 9 } = options
  const wish = {
    partitionIndex: partition,
    committedOffset,
    committedLeaderEpoch: options.leaderEpoch ?? -1,
    committedMetadata: options.metadata ?? null,
  }
  const topics = [{ name: topic, partitions: [wish] }]
  const answer = await client.call(
    offsetCommit,
    { groupId, memberId, generationId, groupInstanceId, topics },
    version,
  )
  return answer.topics[0]!.partitions[0]!.errorCode
}

export async function committed(
  client: WireClient,
  groupId: string,
  topic: string,
  options: { readonly partition?: number; readonly requireStable?: boolean } = {},
) {
  const { partition = 0, requireStable = false } = options
  const topics = [{ name: topic, partitionIndexes: [partition] }]
  const answer = await client.call(offsetFetch, { groups: [{ groupId, topics }], requireStable }, 9)
  return answer.groups[0]!.topics[0]!.partitions[0]!
}

/** As DescribeGroups names it. */
export async function stateOf(client: WireClient, groupId: string): Promise<string | undefined> {
  return (await client.call(describeGroups, { groups: [groupId] })).groups[0]?.groupState
}
