import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { errorCode } from '../error-codes.ts'
import { beat, join, joinKnown, stableMember, sync, stateOf } from '../testing/group-calls.ts'
import { type It } from './contract.ts'

export function groupRebalanceContract(it: It): void {
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
}
