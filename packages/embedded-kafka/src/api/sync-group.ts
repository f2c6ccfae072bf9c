/** SyncGroup: the leader hands in the assignments, everybody gets his own. */

import { errorCode } from '../error-codes.ts'
import { type SyncOutcome, syncRefused } from '../groups/outcomes.ts'
import { array, bytes, int16, int32, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { codeOf, groupWithMembers } from './group-access.ts'

export const syncGroup = defineApi({
  name: 'SyncGroup',
  key: 14,
  versions: [0, 5],
  flexibleFrom: 4,
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    protocolType: string('5+', { nullable: '5+', default: null }),
    protocolName: string('5+', { nullable: '5+', default: null }),
    assignments: array({ memberId: string(), assignment: bytes() }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0 }),
    errorCode: int16(),
    protocolType: string('5+', { nullable: '5+', default: null }),
    protocolName: string('5+', { nullable: '5+', default: null }),
    assignment: bytes(),
  },
  async handle(context, request) {
    const { groupId, protocolType, protocolName } = request
    if (context.version >= 5 && (protocolType === null || protocolName === null))
      return syncRefused(errorCode.INCONSISTENT_GROUP_PROTOCOL)
    let waiting: Promise<SyncOutcome> | undefined
    const code = codeOf(() => {
      const assignments = request.assignments.map(({ memberId, assignment }) => ({
        memberId,
        assignment: Buffer.from(assignment),
      }))
      waiting = groupWithMembers(context, 'SyncGroup', groupId).sync({ ...request, assignments })
    })
    return (await waiting) ?? syncRefused(code)
  },
  refuse: (_, code) => syncRefused(code),
})
