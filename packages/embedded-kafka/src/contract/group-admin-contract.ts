import { expect } from 'vitest'
import { deleteGroups } from '../api/delete-groups.ts'
import { describeGroups } from '../api/describe-groups.ts'
import { listGroups } from '../api/list-groups.ts'
import { offsetDelete } from '../api/offset-delete.ts'
import { offsetFetch } from '../api/offset-fetch.ts'
import { errorCode } from '../error-codes.ts'
import { commit, committed, join, joinKnown, stableMember } from '../testing/group-calls.ts'
import { type It } from './contract.ts'

/** ConsumerProtocolSubscription, version 0. */
function subscription(topic: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(1, 2)
  head.writeInt16BE(topic.length, 6)
  return Buffer.concat([head, Buffer.from(topic), Buffer.from('ffffffff', 'hex')])
}

export function groupAdminContract(it: It): void {
  for (let version = 2; version <= 9; version++)
    it(`OffsetCommit ${version} keeps an offset with its metadata`, async (kafka) => {
      const topic = await kafka.topic()
      const client = await kafka.client()
      const group = kafka.unique('group')
      const options = { metadata: 'note', leaderEpoch: 5, version }
      expect(await commit(client, group, topic, 42n, options)).toBe(errorCode.NONE)
      expect(await committed(client, group, topic)).toEqual({
        partitionIndex: 0,
        committedOffset: 42n,
        committedLeaderEpoch: version >= 6 ? 5 : -1,
        metadata: 'note',
        errorCode: errorCode.NONE,
      })
    })

  for (let version = 1; version <= 7; version++)
    it(`OffsetFetch ${version} reads one group`, async (kafka) => {
      const topic = await kafka.topic(2)
      const client = await kafka.client()
      const groupId = kafka.unique('group')
      await commit(client, groupId, topic, 7n)
      const wish = { groupId, topics: [{ name: topic, partitionIndexes: [0, 1] }] }
      const answer = await client.call(offsetFetch, wish, version)
      expect(answer.errorCode).toBe(errorCode.NONE)
      const partitions = answer.topics[0]?.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      const nothing = { committedLeaderEpoch: -1, metadata: '', errorCode: errorCode.NONE }
      expect(partitions).toEqual([
        { ...nothing, partitionIndex: 0, committedOffset: 7n },
        { ...nothing, partitionIndex: 1, committedOffset: -1n },
      ])
    })

  it('OffsetFetch without topics reads all that was committed', async (kafka) => {
    const topic = await kafka.topic(2)
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    await commit(client, groupId, topic, 7n, { partition: 1 })
    const { groups } = await client.call(offsetFetch, { groups: [{ groupId, topics: null }] })
    expect(groups).toMatchObject([
      {
        groupId,
        errorCode: 0,
        topics: [{ name: topic, partitions: [{ partitionIndex: 1, committedOffset: 7n }] }],
      },
    ])
  })

  it('OffsetFetch of a group that does not exist finds no offset', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    expect(await committed(client, groupId, topic)).toMatchObject({ committedOffset: -1n, errorCode: 0 })
    const { groups } = await client.call(offsetFetch, { groups: [{ groupId, topics: null }] })
    expect(groups).toEqual([{ groupId, errorCode: 0, topics: [] }])
  })

  it('an offset of an unknown topic or partition is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const group = kafka.unique('group')
    expect(await commit(client, group, kafka.unique('nothing'), 1n)).toBe(
      errorCode.UNKNOWN_TOPIC_OR_PARTITION,
    )
    expect(await commit(client, group, topic, 1n, { partition: 1 })).toBe(
      errorCode.UNKNOWN_TOPIC_OR_PARTITION,
    )
  })

  it('metadata of more than 4,096 letters is too large', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const group = kafka.unique('group')
    expect(await commit(client, group, topic, 1n, { metadata: 'x'.repeat(4_096) })).toBe(errorCode.NONE)
    expect(await commit(client, group, topic, 2n, { metadata: 'x'.repeat(4_097) })).toBe(
      errorCode.OFFSET_METADATA_TOO_LARGE,
    )
  })

  it('a member commits in its generation, nobody else does', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const group = kafka.unique('group')
    const { memberId, generationId } = await stableMember(client, group)
    const ask = (options: object) => commit(client, group, topic, 1n, options)
    expect(await ask({ memberId, generationId })).toBe(errorCode.NONE)
    expect(await ask({ memberId, generationId: 9 })).toBe(errorCode.ILLEGAL_GENERATION)
    expect(await ask({ memberId: 'stranger', generationId })).toBe(errorCode.UNKNOWN_MEMBER_ID)
    expect(await ask({})).toBe(errorCode.UNKNOWN_MEMBER_ID)
    expect(await ask({ memberId, generationId, groupInstanceId: 'x' })).toBe(errorCode.UNKNOWN_MEMBER_ID)
  })

  it('a commit while assignments are awaited is told of the rebalance', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const group = kafka.unique('group')
    const { memberId, generationId } = await joinKnown(client, group)
    expect(await commit(client, group, topic, 1n, { memberId, generationId })).toBe(
      errorCode.REBALANCE_IN_PROGRESS,
    )
  })

  it('a commit with a generation to a group that does not exist is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const options = { memberId: 'x', generationId: 1 }
    const ask = (version: number) => commit(client, kafka.unique('group'), topic, 1n, { ...options, version })
    expect(await ask(8)).toBe(errorCode.ILLEGAL_GENERATION)
    expect(await ask(9)).toBe(errorCode.GROUP_ID_NOT_FOUND)
  })

  it('a group without a name can keep offsets, though it can have no members', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    expect(await commit(client, '', topic, 5n)).toBe(errorCode.NONE)
    expect((await committed(client, '', topic)).committedOffset).toBe(5n)
  })

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

  it('OffsetDelete forgets offsets of topics that nobody in the group consumes', async (kafka) => {
    const [used, unused] = [await kafka.topic(), await kafka.topic()]
    const client = await kafka.client()
    const groupId = kafka.unique('group')
    await commit(client, groupId, used, 1n)
    await commit(client, groupId, unused, 1n)
    await stableMember(client, groupId, { protocols: [{ name: 'range', metadata: subscription(used) }] })
    const topics = [used, unused].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }))
    const answer = await client.call(offsetDelete, { groupId, topics })
    expect(answer.errorCode).toBe(errorCode.NONE)
    const codes = Object.fromEntries(
      answer.topics.map(({ name, partitions }) => [name, partitions[0]?.errorCode]),
    )
    expect(codes).toEqual({ [used]: errorCode.GROUP_SUBSCRIBED_TO_TOPIC, [unused]: errorCode.NONE })
    expect((await committed(client, groupId, unused)).committedOffset).toBe(-1n)
  })

  it('OffsetDelete in a group that does not exist is refused', async (kafka) => {
    const topic = await kafka.topic()
    const client = await kafka.client()
    const topics = [{ name: topic, partitions: [{ partitionIndex: 0 }] }]
    expect(await client.call(offsetDelete, { groupId: kafka.unique('group'), topics })).toMatchObject({
      errorCode: errorCode.GROUP_ID_NOT_FOUND,
      topics: [],
    })
  })
}
