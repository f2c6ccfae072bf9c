import { expect } from 'vitest'
import { deleteGroups } from '../api/delete-groups.ts'
import { describeGroups } from '../api/describe-groups.ts'
import { listGroups } from '../api/list-groups.ts'
import { errorCode } from '../error-codes.ts'
import { commit, committed, join, stableMember } from '../testing/group-calls.ts'
import { type It } from './contract.ts'

export function groupAdminContract(it: It): void {
  for (let version = 0; version <= 6; version++)
    it(`DescribeGroups ${version} shows a stable group`, async (kafka) => {
      const client = await kafka.client('describer')
      const groupId = kafka.unique('group')
      const { memberId } = await stableMember(client, groupId)
      const { groups } = await client.call(describeGroups, { groups: [groupId] }, version)
      expect(groups).toMatchObject([
        {
          errorCode: errorCode.NONE,
          errorMessage: null,
          groupId,
          groupState: 'Stable',
          protocolType: 'consumer',
          protocolData: 'range',
          members: [
            {
              memberId,
              groupInstanceId: null,
              clientId: 'describer',
              clientHost: '/127.0.0.1',
              memberMetadata: Buffer.from('m'),
              memberAssignment: Buffer.from('mine'),
            },
          ],
        },
      ])
    })

  it('a group that awaits its assignments shows members without metadata', async (kafka) => {
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    const { memberId } = await stableMember(client, groupId)
    await join(client, groupId, { memberId })
    const { groups } = await client.call(describeGroups, { groups: [groupId] })
    expect(groups).toMatchObject([
      { groupState: 'CompletingRebalance', protocolData: '', members: [{ memberMetadata: Buffer.alloc(0) }] },
    ])
  })

  it('a group that only has offsets is empty, and has no protocol', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    await commit(client, groupId, topic, 1n)
    const { groups } = await client.call(describeGroups, { groups: [groupId] })
    expect(groups).toMatchObject([{ errorCode: 0, groupState: 'Empty', protocolType: '', members: [] }])
  })

  for (const version of [5, 6])
    it(`DescribeGroups ${version} shows a group that does not exist as dead`, async (kafka) => {
      const client = await kafka.client()
      const groupId = kafka.unique('group')
      const { groups } = await client.call(describeGroups, { groups: [groupId] }, version)
      expect(groups).toMatchObject([
        {
          errorCode: version >= 6 ? errorCode.GROUP_ID_NOT_FOUND : errorCode.NONE,
          errorMessage: version >= 6 ? `Group ${groupId} not found.` : null,
          groupState: 'Dead',
          members: [],
        },
      ])
    })

  for (let version = 0; version <= 5; version++)
    it(`ListGroups ${version} lists a group`, async (kafka) => {
      const client = await kafka.client()
      const groupId = kafka.unique('group')
      await stableMember(client, groupId)
      const { errorCode: code, groups } = await client.call(listGroups, {}, version)
      expect(code).toBe(errorCode.NONE)
      expect(groups.find((group) => group.groupId === groupId)).toEqual({
        groupId,
        protocolType: 'consumer',
        groupState: version >= 4 ? 'Stable' : '',
        groupType: version >= 5 ? 'classic' : '',
      })
    })

  it('ListGroups filters by state and type, whatever their case', async (kafka) => {
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    await stableMember(client, groupId)
    const ask = async (filter: object) =>
      (await client.call(listGroups, filter)).groups.some((group) => group.groupId === groupId)
    expect(await ask({ statesFilter: ['stable'] })).toBe(true)
    expect(await ask({ statesFilter: ['Empty'] })).toBe(false)
    expect(await ask({ typesFilter: ['Classic'] })).toBe(true)
    expect(await ask({ typesFilter: ['consumer'] })).toBe(false)
  })

  it('DeleteGroups deletes an empty group with its offsets, and no other', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const [empty, full, none] = [kafka.unique('empty'), kafka.unique('full'), kafka.unique('none')]
    await commit(client, empty, topic, 1n)
    await stableMember(client, full)
    const { results } = await client.call(deleteGroups, { groupsNames: [empty, full, none] })
    const codes = Object.fromEntries(results.map((result) => [result.groupId, result.errorCode]))
    expect(codes).toEqual({
      [empty]: errorCode.NONE,
      [full]: errorCode.NON_EMPTY_GROUP,
      [none]: errorCode.GROUP_ID_NOT_FOUND,
    })
    expect((await committed(client, empty, topic)).committedOffset).toBe(-1n)
  })
}
