import { expect } from 'vitest'
import { errorCode } from '../error-codes.ts'
import { beat, join, leave, stableMember, sync } from '../testing/group-calls.ts'
import { type It } from './contract.ts'

export function staticMemberContract(it: It): void {
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
}
