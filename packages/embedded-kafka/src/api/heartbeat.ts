/** Heartbeat: the member lives; the answer tells it of a rebalance. */

import { int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { codeOf, groupWithMembers } from './group-access.ts'

export const heartbeat = defineApi({
  name: 'Heartbeat',
  key: 12,
  versions: [0, 4],
  flexibleFrom: 4,
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0 }),
    errorCode: int16(),
  },
  handle(context, { groupId, generationId, memberId, groupInstanceId }) {
    const code = codeOf(() => {
      groupWithMembers(context, 'Heartbeat', groupId).heartbeat(memberId, groupInstanceId, generationId)
    })
    return { errorCode: code }
  },
  refuse: (_, code) => ({ errorCode: code }),
})
