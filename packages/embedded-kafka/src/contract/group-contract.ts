import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { describeGroups } from '../api/describe-groups.ts'
import { findCoordinator } from '../api/find-coordinator.ts'
import { heartbeat } from '../api/heartbeat.ts'
import { leaveGroup } from '../api/leave-group.ts'
import { errorCode } from '../error-codes.ts'
import { beat, join, joinKnown, leave, stableMember, sync } from '../testing/group-calls.ts'
import { type WireClient } from '../testing/wire-client.ts'
import { type It } from './contract.ts'

async function stateOf(client: WireClient, groupId: string): Promise<string | undefined> {
  return (await client.call(describeGroups, { groups: [groupId] })).groups[0]?.groupState
}

export function groupContract(it: It): void {
  for (let version = 0; version <= 6; version++)
    it(`FindCoordinator ${version} finds the coordinator of a group`, async (kafka) => {
      const client = await kafka.client()
      const request = version >= 4 ? { coordinatorKeys: ['g'] } : { key: 'g' }
      const answer = await client.call(findCoordinator, request, version)
      const [host, port] = kafka.bootstrapServers.split(':')
      const found = version >= 4 ? answer.coordinators[0] : answer
      expect(found).toMatchObject({ errorCode: errorCode.NONE, nodeId: 1, host, port: Number(port) })
      if (version >= 1) expect(found?.errorMessage).toBe(version >= 4 ? '' : 'NONE')
    })

  it('a coordinator of an unknown kind is an invalid request', async (kafka) => {
    const client = await kafka.client()
    const { coordinators } = await client.call(findCoordinator, { coordinatorKeys: ['g'], keyType: 9 }, 4)
    expect(coordinators).toMatchObject([{ errorCode: errorCode.INVALID_REQUEST, nodeId: -1 }])
  })

  for (let version = 4; version <= 9; version++)
    it(`JoinGroup ${version} gives a new member its id first`, async (kafka) => {
      const client = await kafka.client('some-client')
      const group = kafka.unique('group')
      const answer = await join(client, group, { version })
      expect(answer).toMatchObject({
        errorCode: errorCode.MEMBER_ID_REQUIRED,
        generationId: -1,
        protocolType: null,
        protocolName: version >= 7 ? null : '',
        leader: '',
        members: [],
      })
      expect(answer.memberId).toMatch(/^some-client-[0-9a-f-]{36}$/)
    })

  for (let version = 0; version <= 3; version++)
    it(`JoinGroup ${version} lets a new member in at once`, async (kafka) => {
      const client = await kafka.client()
      const answer = await join(client, kafka.unique('group'), { version })
      expect(answer).toMatchObject({ errorCode: errorCode.NONE, generationId: 1, protocolName: 'range' })
      expect(answer.leader).toBe(answer.memberId)
      expect(answer.members).toMatchObject([{ memberId: answer.memberId }])
    })

  it('the first member leads, and gets what all said', async (kafka) => {
    const client = await kafka.client()
    const metadata = Buffer.from('topics')
    const protocols = ['other', { name: 'range', metadata }]
    const answer = await joinKnown(client, kafka.unique('group'), { protocols })
    expect(answer).toMatchObject({
      errorCode: errorCode.NONE,
      generationId: 1,
      protocolType: 'consumer',
      protocolName: 'other',
      skipAssignment: false,
      members: [{ memberId: answer.memberId, groupInstanceId: null, metadata: Buffer.from('m') }],
    })
  })

  it('two members: a second one makes a rebalance, the first stays leader', async (kafka) => {
    const [one, two] = [await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    const first = await stableMember(one, group)
    const joining = joinKnown(two, group)
    while ((await beat(one, group, first)) === errorCode.NONE) await sleep(5)
    expect(await beat(one, group, first)).toBe(errorCode.REBALANCE_IN_PROGRESS)
    const again = await join(one, group, { memberId: first.memberId })
    const second = await joining
    expect([again.generationId, second.generationId]).toEqual([2, 2])
    expect([again.leader, second.leader]).toEqual([first.memberId, first.memberId])
    expect(again.members.map(({ memberId }) => memberId).toSorted()).toEqual(
      [first.memberId, second.memberId].toSorted(),
    )
    expect(second.members).toEqual([])
    const waiting = sync(two, group, second)
    await sync(one, group, again, { assignments: { [first.memberId]: 'a', [second.memberId]: 'b' } })
    expect((await waiting).assignment.toString()).toBe('b')
    expect(await stateOf(one, group)).toBe('Stable')
  })

  it('the protocol is one that all members speak', async (kafka) => {
    const [one, two] = [await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    const first = await stableMember(one, group, { protocols: ['a', 'b'] })
    const joining = joinKnown(two, group, { protocols: ['c', 'b'] })
    while ((await beat(one, group, first)) === errorCode.NONE) await sleep(5)
    const again = await join(one, group, { memberId: first.memberId, protocols: ['a', 'b'] })
    expect([again.protocolName, (await joining).protocolName]).toEqual(['b', 'b'])
  })

  it('a member that speaks none of the group’s protocols is refused', async (kafka) => {
    const [one, two] = [await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    await stableMember(one, group)
    const outcome = { errorCode: errorCode.INCONSISTENT_GROUP_PROTOCOL, memberId: '' }
    expect(await join(two, group, { protocols: ['other'] })).toMatchObject(outcome)
    expect(await join(two, group, { protocolType: 'connect' })).toMatchObject(outcome)
  })

  it('a group needs a protocol and its type', async (kafka) => {
    const client = await kafka.client()
    const outcome = { errorCode: errorCode.INCONSISTENT_GROUP_PROTOCOL }
    expect(await join(client, kafka.unique('group'), { protocols: [] })).toMatchObject(outcome)
    expect(await join(client, kafka.unique('group'), { protocolType: '' })).toMatchObject(outcome)
  })

  it('a group needs a name', async (kafka) => {
    const client = await kafka.client()
    const nobody = { memberId: 'x', generationId: 1 }
    expect((await join(client, '')).errorCode).toBe(errorCode.INVALID_GROUP_ID)
    expect((await sync(client, '', nobody)).errorCode).toBe(errorCode.INVALID_GROUP_ID)
    expect(await beat(client, '', nobody)).toBe(errorCode.INVALID_GROUP_ID)
    expect(await leave(client, '', [nobody])).toMatchObject({
      errorCode: errorCode.INVALID_GROUP_ID,
      members: [],
    })
  })

  it('a session time-out out of bounds is refused', async (kafka) => {
    const client = await kafka.client()
    for (const sessionTimeoutMs of [10, 3_600_000])
      expect((await join(client, kafka.unique('group'), { sessionTimeoutMs })).errorCode).toBe(
        errorCode.INVALID_SESSION_TIMEOUT,
      )
  })

  it('an id that nobody gave out is unknown, in a group and without one', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const stranger = { memberId: 'stranger', generationId: 1 }
    const expectUnknown = async () => {
      const joined = await join(client, group, { memberId: 'stranger' })
      expect(joined).toMatchObject({ errorCode: errorCode.UNKNOWN_MEMBER_ID, memberId: 'stranger' })
      expect((await sync(client, group, stranger)).errorCode).toBe(errorCode.UNKNOWN_MEMBER_ID)
      expect(await beat(client, group, stranger)).toBe(errorCode.UNKNOWN_MEMBER_ID)
      const left = await leave(client, group, [stranger])
      expect(left).toMatchObject({ errorCode: 0, members: [{ errorCode: errorCode.UNKNOWN_MEMBER_ID }] })
    }
    await expectUnknown()
    await stableMember(await kafka.client(), group)
    await expectUnknown()
  })

  it('another generation is illegal', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const { memberId } = await stableMember(client, group)
    const wrong = { memberId, generationId: 7 }
    expect(await beat(client, group, wrong)).toBe(errorCode.ILLEGAL_GENERATION)
    expect((await sync(client, group, wrong)).errorCode).toBe(errorCode.ILLEGAL_GENERATION)
  })

  it('a sync with another protocol, or none, is inconsistent', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const member = await joinKnown(client, group)
    for (const wrong of [{ protocolName: 'other' }, { protocolType: 'connect' }, { protocolName: null }])
      expect((await sync(client, group, member, wrong)).errorCode).toBe(errorCode.INCONSISTENT_GROUP_PROTOCOL)
  })

  it('a sync in a stable group tells the assignment again', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const member = await stableMember(client, group)
    expect(await sync(client, group, member)).toMatchObject({
      errorCode: errorCode.NONE,
      protocolType: 'consumer',
      protocolName: 'range',
      assignment: Buffer.from('mine'),
    })
  })

  it('a leader that joins a stable group makes a rebalance', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const { memberId } = await stableMember(client, group)
    expect(await join(client, group, { memberId })).toMatchObject({ errorCode: 0, generationId: 2 })
  })

  it('a member that joins again while assignments are awaited gets the same answer', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const member = await joinKnown(client, group)
    expect(await join(client, group, { memberId: member.memberId })).toMatchObject({
      generationId: member.generationId,
      members: member.members,
    })
  })

  it('a member that leaves is forgotten, and an empty group keeps its generations', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const member = await stableMember(client, group)
    const left = await leave(client, group, [member])
    expect(left).toMatchObject({
      errorCode: errorCode.NONE,
      members: [{ memberId: member.memberId, groupInstanceId: null, errorCode: errorCode.NONE }],
    })
    expect(await stateOf(client, group)).toBe('Empty')
    expect(await beat(client, group, member)).toBe(errorCode.UNKNOWN_MEMBER_ID)
    expect((await joinKnown(client, group)).generationId).toBe(3)
  })

  it('LeaveGroup 2 names one member, and answers for the whole', async (kafka) => {
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    const { memberId } = await stableMember(client, groupId)
    const ask = async () => (await client.call(leaveGroup, { groupId, memberId }, 2)).errorCode
    expect(await ask()).toBe(errorCode.NONE)
    expect(await ask()).toBe(errorCode.UNKNOWN_MEMBER_ID)
  })

  it('a member that got an id and never joined can leave', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const { memberId } = await join(client, group)
    expect(await leave(client, group, [{ memberId }])).toMatchObject({
      members: [{ errorCode: errorCode.NONE }],
    })
    expect((await join(client, group, { memberId })).errorCode).toBe(errorCode.UNKNOWN_MEMBER_ID)
  })

  it('a member that falls silent is put out at the end of its session', async (kafka) => {
    const [one, two] = [await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    const silent = await stableMember(one, group, { sessionTimeoutMs: 1_000 })
    const joined = await joinKnown(two, group, { sessionTimeoutMs: 10_000 })
    expect(joined).toMatchObject({ errorCode: errorCode.NONE, generationId: 2, leader: joined.memberId })
    expect(await beat(one, group, silent)).toBe(errorCode.UNKNOWN_MEMBER_ID)
  })

  it('a rebalance waits no longer than the slowest member’s rebalance time-out', async (kafka) => {
    const [one, two] = [await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    const slow = await stableMember(one, group, { rebalanceTimeoutMs: 1_000 })
    const joining = joinKnown(two, group, { rebalanceTimeoutMs: 500 })
    const keepAlive = setInterval(() => void beat(one, group, slow).catch(() => undefined), 100)
    try {
      expect(await joining).toMatchObject({ errorCode: errorCode.NONE, generationId: 2 })
      expect(await beat(one, group, slow)).toBe(errorCode.UNKNOWN_MEMBER_ID)
    } finally {
      clearInterval(keepAlive)
    }
  })

  it('a sync during a rebalance is told so', async (kafka) => {
    const [one, two] = [await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    const first = await stableMember(one, group)
    const joining = joinKnown(two, group)
    while ((await beat(one, group, first)) === errorCode.NONE) await sleep(5)
    expect((await sync(one, group, first)).errorCode).toBe(errorCode.REBALANCE_IN_PROGRESS)
    await join(one, group, { memberId: first.memberId })
    await joining
  })

  it('a follower that waits for its assignment is told when a rebalance comes first', async (kafka) => {
    const [one, two, three] = [await kafka.client(), await kafka.client(), await kafka.client()]
    const group = kafka.unique('group')
    const first = await stableMember(one, group)
    const joining = joinKnown(two, group)
    while ((await beat(one, group, first)) === errorCode.NONE) await sleep(5)
    await join(one, group, { memberId: first.memberId })
    const waiting = sync(two, group, await joining)
    const { memberId } = await join(three, group)
    const third = join(three, group, { memberId })
    expect((await waiting).errorCode).toBe(errorCode.REBALANCE_IN_PROGRESS)
    const again = [
      join(one, group, { memberId: first.memberId }),
      join(two, group, { memberId: (await joining).memberId }),
    ]
    expect((await Promise.all([...again, third])).map(({ generationId }) => generationId)).toEqual([3, 3, 3])
  })

  it('a static member joins without an id of its own', async (kafka) => {
    const client = await kafka.client()
    const answer = await join(client, kafka.unique('group'), { groupInstanceId: 'worker' })
    expect(answer).toMatchObject({ errorCode: errorCode.NONE, generationId: 1 })
    expect(answer.memberId).toMatch(/^worker-[0-9a-f-]{36}$/)
    expect(answer.members).toMatchObject([{ groupInstanceId: 'worker' }])
  })

  it('a static member that comes back keeps its assignment, without a rebalance', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const groupInstanceId = 'worker'
    const before = await stableMember(client, group, { groupInstanceId })
    const after = await join(client, group, { groupInstanceId })
    expect(after).toMatchObject({ errorCode: errorCode.NONE, generationId: 1, skipAssignment: true })
    expect(after.leader).toBe(after.memberId)
    expect(after.memberId).not.toBe(before.memberId)
    expect((await sync(client, group, after, { groupInstanceId })).assignment.toString()).toBe('mine')
    expect(await beat(client, group, before, groupInstanceId)).toBe(errorCode.FENCED_INSTANCE_ID)
    expect((await sync(client, group, before, { groupInstanceId })).errorCode).toBe(
      errorCode.FENCED_INSTANCE_ID,
    )
    const joined = await join(client, group, { groupInstanceId, memberId: before.memberId })
    expect(joined.errorCode).toBe(errorCode.FENCED_INSTANCE_ID)
  })

  it('before version 9 a static leader that comes back is told the old leader', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const before = await stableMember(client, group, { groupInstanceId: 'worker' })
    const after = await join(client, group, { groupInstanceId: 'worker', version: 8 })
    expect(after).toMatchObject({ errorCode: 0, generationId: 1, leader: before.memberId, members: [] })
  })

  it('a static member can be put out by its instance', async (kafka) => {
    const client = await kafka.client()
    const group = kafka.unique('group')
    const member = await stableMember(client, group, { groupInstanceId: 'worker' })
    const wrong = await leave(client, group, [{ memberId: '', groupInstanceId: 'other' }])
    expect(wrong.members).toMatchObject([{ errorCode: errorCode.UNKNOWN_MEMBER_ID }])
    const left = await leave(client, group, [{ memberId: '', groupInstanceId: 'worker' }])
    expect(left.members).toEqual([{ memberId: '', groupInstanceId: 'worker', errorCode: errorCode.NONE }])
    expect(await beat(client, group, member, 'worker')).toBe(errorCode.UNKNOWN_MEMBER_ID)
  })

  for (let version = 0; version <= 4; version++)
    it(`Heartbeat ${version} is answered`, async (kafka) => {
      const client = await kafka.client()
      const groupId = kafka.unique('group')
      const { memberId, generationId } = await stableMember(client, groupId)
      const answer = await client.call(heartbeat, { groupId, memberId, generationId }, version)
      expect(answer.errorCode).toBe(errorCode.NONE)
    })
}
