import { expect, test } from 'vitest'
import { errorCode } from '../error-codes.ts'
import { ManualClock } from '../manual-clock.ts'
import { ClassicGroup } from './classic-group.ts'
import { type GroupTimes, type JoinRequest } from './group-requests.ts'

const times: GroupTimes = {
  initialRebalanceDelayMs: 3_000,
  minSessionTimeoutMs: 1_000,
  maxSessionTimeoutMs: 60_000,
  maxSize: 3,
}

function newGroup(changed: Partial<GroupTimes> = {}) {
  const clock = new ManualClock()
  return { clock, group: new ClassicGroup('g', clock, { ...times, ...changed }) }
}

function joining(changed: Partial<JoinRequest> = {}): JoinRequest {
  return {
    memberId: '',
    groupInstanceId: null,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('m') }],
    clientId: 'c',
    clientHost: '/h',
    needsKnownId: false,
    canSkipAssignment: true,
    ...changed,
  }
}

test('the first rebalance waits for more members, and longer with each one that comes', async () => {
  const { clock, group } = newGroup()
  const first = group.join(joining())
  clock.advance(2_000)
  const second = group.join(joining())
  clock.advance(2_000)
  expect(group.state).toBe('PreparingRebalance')
  clock.advance(2_000)
  expect(group.state).toBe('CompletingRebalance')
  expect([(await first).generationId, (await second).generationId]).toEqual([1, 1])
})

test('it never waits longer than the rebalance time-out', () => {
  const { clock, group } = newGroup()
  for (let at = 0; at < 3; at++) {
    void group.join(joining())
    clock.advance(2_900)
  }
  expect(group.state).toBe('PreparingRebalance')
  clock.advance(1_400)
  expect(group.state).toBe('CompletingRebalance')
})

test('members that joined and never ask for their assignment are put out', async () => {
  const { clock, group } = newGroup({ initialRebalanceDelayMs: 0 })
  const { memberId, generationId } = await group.join(joining({ sessionTimeoutMs: 60_000 }))
  clock.advance(9_999)
  group.heartbeat(memberId, null, generationId)
  clock.advance(2)
  expect(group.state).toBe('Empty')
})

test('an id that is not used in time is forgotten', async () => {
  const { clock, group } = newGroup({ initialRebalanceDelayMs: 0 })
  const { memberId } = await group.join(joining({ needsKnownId: true }))
  expect(memberId).not.toBe('')
  clock.advance(10_001)
  expect((await group.join(joining({ memberId }))).errorCode).toBe(errorCode.UNKNOWN_MEMBER_ID)
})

test('a group takes so many members and no more', async () => {
  const { group } = newGroup({ initialRebalanceDelayMs: 0, maxSize: 1 })
  await group.join(joining())
  expect(await group.join(joining())).toMatchObject({
    errorCode: errorCode.GROUP_MAX_SIZE_REACHED,
    memberId: '',
  })
})

test('static members that do not come back keep their places until their sessions end', async () => {
  const { clock, group } = newGroup({ initialRebalanceDelayMs: 0 })
  const one = await group.join(joining({ groupInstanceId: 'one', sessionTimeoutMs: 60_000 }))
  await group.sync({ ...one, groupInstanceId: 'one', assignments: [] })
  const two = group.join(joining({ groupInstanceId: 'two' }))
  clock.advance(10_001)
  expect(await two).toMatchObject({ errorCode: errorCode.NONE, generationId: 2 })
  expect(group.members.all().map(({ instanceId }) => instanceId)).toEqual(['one', 'two'])
})
