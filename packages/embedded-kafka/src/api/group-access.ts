/** What every API on a group does first. */

import { type KafkaCall } from '@pinpipe/msk-auth/kafka-actions'
import { RequestRefused } from '../error-codes.ts'
import { type ClassicGroup } from '../groups/classic-group.ts'
import { type RequestContext } from './api.ts'

/** The client may make the call, and this broker coordinates the group. @throws RequestRefused */
export function checkCoordinated(
  { cluster, broker, access }: RequestContext,
  call: KafkaCall,
  groupId: string,
): void {
  access.check(call, 'group', groupId)
  cluster.coordinators.check('group', groupId, broker)
}

/** A group with members needs a name; one that only keeps offsets does not. @throws RequestRefused */
export function checkNamed(context: RequestContext, call: KafkaCall, groupId: string): void {
  if (groupId === '') throw new RequestRefused('INVALID_GROUP_ID', 'the group has no name')
  checkCoordinated(context, call, groupId)
}

/** @throws RequestRefused UNKNOWN_MEMBER_ID when there is no such group: so nobody can be its member */
export function groupWithMembers(context: RequestContext, call: KafkaCall, groupId: string): ClassicGroup {
  checkNamed(context, call, groupId)
  const group = context.cluster.groups.find(groupId)
  if (group === undefined) throw new RequestRefused('UNKNOWN_MEMBER_ID', `Group ${groupId} not found.`)
  return group
}

/** Runs what may refuse, and returns the code: 0 when it does not. */
export function codeOf(run: () => void): number {
  try {
    run()
    return 0
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    throw error
  }
}
