import { expect } from 'vitest'
import { offsetDelete } from '../api/offset-delete.ts'
import { offsetFetch } from '../api/offset-fetch.ts'
import { errorCode } from '../error-codes.ts'
import { commit, committed, joinKnown, stableMember } from '../testing/group-calls.ts'
import { type It } from './contract.ts'

/** ConsumerProtocolSubscription, version 0. */
function subscription(topic: string): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(1, 2)
  head.writeInt16BE(topic.length, 6)
  return Buffer.concat([head, Buffer.from(topic), Buffer.from('ffffffff', 'hex')])
}

export function groupOffsetsContract(it: It): void {
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
