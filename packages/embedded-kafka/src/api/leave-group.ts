/** LeaveGroup: members go at once, instead of at the end of their sessions. */

import { errorCode } from '../error-codes.ts'
import { array, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { checkNamed, codeOf } from './group-access.ts'

export const leaveGroup = defineApi({
  name: 'LeaveGroup',
  key: 13,
  versions: [0, 5],
  flexibleFrom: 4,
  request: {
    groupId: string(),
    memberId: string('0-2', { default: '' }),
    members: array(
      {
        memberId: string(),
        groupInstanceId: string('0+', { nullable: '0+', default: null }),
        reason: string('5+', { nullable: '5+', default: null }),
      },
      '3+',
      { default: [] },
    ),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0 }),
    errorCode: int16(),
    members: array(
      { memberId: string(), groupInstanceId: string('0+', { nullable: '0+' }), errorCode: int16() },
      '3+',
      { default: [] },
    ),
  },
  handle(context, { groupId, memberId, members }) {
    const identities = context.version >= 3 ? members : [{ memberId, groupInstanceId: null }]
    const code = codeOf(() => checkNamed(context, 'LeaveGroup', groupId))
    if (code !== 0) return { errorCode: code }
    const codes = context.cluster.groups.find(groupId)?.leave(identities)
    const outcomes = identities.map((identity, at) => ({
      memberId: identity.memberId,
      groupInstanceId: identity.groupInstanceId,
      errorCode: codes?.[at] ?? errorCode.UNKNOWN_MEMBER_ID,
    }))
    if (context.version >= 3) return { errorCode: errorCode.NONE, members: outcomes }
    return { errorCode: outcomes[0]?.errorCode ?? errorCode.NONE }
  },
  refuse: (_, code) => ({ errorCode: code }),
})
