/** JoinGroup: answered when the rebalance has all its members. */

import { isDenial } from '../access.ts'
import { errorCode } from '../error-codes.ts'
import { joinRefused } from '../groups/outcomes.ts'
import { array, bool, bytes, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { checkNamed, codeOf } from './group-access.ts'

export const joinGroup = defineApi({
  name: 'JoinGroup',
  key: 11,
  versions: [0, 9],
  flexibleFrom: 6,
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32('1+', { default: -1 }),
    memberId: string(),
    groupInstanceId: string('5+', { nullable: '5+', default: null }),
    protocolType: string(),
    protocols: array({ name: string(), metadata: bytes() }),
    reason: string('8+', { nullable: '8+', default: null }),
  },
  response: {
    throttleTimeMs: int32('2+', { default: 0 }),
    errorCode: int16(),
    generationId: int32(),
    protocolType: string('7+', { nullable: '7+', default: null }),
    protocolName: string('0+', { nullable: '7+' }),
    leader: string(),
    skipAssignment: bool('9+', { default: false }),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string('5+', { nullable: '5+', default: null }),
      metadata: bytes(),
    }),
  },
  async handle(context, request) {
    const { cluster, version, clientId, clientHost } = context
    const answer = (outcome: ReturnType<typeof joinRefused>) =>
      version >= 7 ? outcome : { ...outcome, protocolName: outcome.protocolName ?? '' }
    const code = codeOf(() => checkNamed(context, 'JoinGroup', request.groupId))
    if (code !== 0) return answer(joinRefused(code, isDenial(code) ? '' : request.memberId))
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = cluster.groups.times
    if (request.sessionTimeoutMs < minSessionTimeoutMs || request.sessionTimeoutMs > maxSessionTimeoutMs)
      return answer(joinRefused(errorCode.INVALID_SESSION_TIMEOUT, request.memberId))
    // A member of a group that is gone must begin anew; only a new one founds a group.
    const group =
      request.memberId === ''
        ? cluster.groups.findOrCreate(request.groupId)
        : cluster.groups.find(request.groupId)
    if (group === undefined) return answer(joinRefused(errorCode.UNKNOWN_MEMBER_ID, request.memberId))
    return answer(
      await group.join({
        ...request,
        rebalanceTimeoutMs: version === 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs,
        protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
        clientId,
        clientHost,
        needsKnownId: version >= 4,
        canSkipAssignment: version >= 9,
      }),
    )
  },
  refuse: ({ memberId }, code, version) => ({
    ...joinRefused(code, memberId),
    protocolName: version >= 7 ? null : '',
  }),
})
