/** DescribeGroups. */

import { errorCode } from '../error-codes.ts'
import { type ClassicGroup } from '../groups/classic-group.ts'
import { array, bool, bytes, int16, int32, string } from '../wire/schema.ts'
import { type RequestContext, defineApi } from './api.ts'
import { allGroupOperations } from './authorized-operations.ts'
import { checkCoordinated, codeOf } from './group-access.ts'

export const describeGroups = defineApi({
  name: 'DescribeGroups',
  key: 15,
  versions: [0, 6],
  flexibleFrom: 5,
  request: {
    groups: array(string()),
    includeAuthorizedOperations: bool('3+', { default: false }),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0 }),
    groups: array({
      errorCode: int16(),
      errorMessage: string('6+', { nullable: '6+', default: null }),
      groupId: string(),
      groupState: string('0+', { default: '' }),
      protocolType: string('0+', { default: '' }),
      protocolData: string('0+', { default: '' }),
      members: array(
        {
          memberId: string(),
          groupInstanceId: string('4+', { nullable: '4+', default: null }),
          clientId: string(),
          clientHost: string(),
          memberMetadata: bytes(),
          memberAssignment: bytes(),
        },
        '0+',
        { default: [] },
      ),
      authorizedOperations: int32('3+', { default: -2_147_483_648 }),
    }),
  },
  handle(context, { groups, includeAuthorizedOperations }) {
    const operations = includeAuthorizedOperations ? { authorizedOperations: allGroupOperations } : {}
    return { groups: groups.map((groupId) => ({ ...describe(context, groupId), ...operations })) }
  },
  refuse: ({ groups }, code) => ({ groups: groups.map((groupId) => ({ groupId, errorCode: code })) }),
})

function describe(context: RequestContext, groupId: string) {
  const code = codeOf(() => checkCoordinated(context, 'DescribeGroups', groupId))
  if (code !== 0) return { groupId, errorCode: code }
  const group = context.cluster.groups.find(groupId)
  if (group !== undefined) return known(group)
  // Before version 6 nobody could be told, so the group is shown as a dead one.
  if (context.version < 6) return { groupId, errorCode: errorCode.NONE, groupState: 'Dead' }
  return {
    groupId,
    errorCode: errorCode.GROUP_ID_NOT_FOUND,
    errorMessage: `Group ${groupId} not found.`,
    groupState: 'Dead',
  }
}

function known(group: ClassicGroup) {
  const isStable = group.state === 'Stable'
  return {
    groupId: group.id,
    errorCode: errorCode.NONE,
    groupState: group.state,
    protocolType: group.protocolType,
    protocolData: isStable ? group.protocolName : '',
    members: group.members.all().map(({ id, instanceId, clientId, clientHost, protocols, assignment }) => ({
      memberId: id,
      groupInstanceId: instanceId,
      clientId,
      clientHost,
      memberMetadata:
        (isStable ? protocols.find(({ name }) => name === group.protocolName)?.metadata : undefined) ??
        Buffer.alloc(0),
      memberAssignment: assignment,
    })),
  }
}
