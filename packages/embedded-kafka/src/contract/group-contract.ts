import { expect } from 'vitest'
import { findCoordinator } from '../api/find-coordinator.ts'
import { heartbeat } from '../api/heartbeat.ts'
import { leaveGroup } from '../api/leave-group.ts'
import { errorCode } from '../error-codes.ts'
import { beat, join, joinKnown, leave, stableMember, sync, stateOf } from '../testing/group-calls.ts'
import { type It } from './contract.ts'

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

  for (let version = 0; version <= 4; version++)
    it(`Heartbeat ${version} is answered`, async (kafka) => {
      const client = await kafka.client()
      const groupId = kafka.unique('group')
      const { memberId, generationId } = await stableMember(client, groupId)
      const answer = await client.call(heartbeat, { groupId, memberId, generationId }, version)
      expect(answer.errorCode).toBe(errorCode.NONE)
    })
}
