import { expect, test } from 'vitest'
import { heartbeat } from './api/heartbeat.ts'
import { metadata } from './api/metadata.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.ts'
import { errorCode } from './error-codes.ts'
import { batchOf, valuesIn } from './testing/batches.ts'
import { read, send } from './testing/calls.ts'
import { committed, stableMember } from './testing/group-calls.ts'
import { HungUp, WireClient } from './testing/wire-client.ts'

const topics = [{ topic: 't', partitions: 3 }]

function clientOf(kafka: EmbeddedKafka, broker = 1, clientId?: string): Promise<WireClient> {
  return WireClient.open(kafka.bootstrapServers.split(',')[broker - 1] ?? '', clientId)
}

async function ask(client: WireClient): Promise<number> {
  return (await client.call(metadata, { topics: [{ name: 't' }] })).errorCode
}

test('an error code is answered so often, and counted', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using client = await clientOf(kafka)
  const fault = kafka.faults.on('Produce', { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' }, { times: 2 })
  const codes: number[] = []
  for (let attempt = 0; attempt < 3; attempt++)
    codes.push((await send(client, 't', batchOf(['a']))).errorCode)
  expect(codes).toEqual([6, 6, 0])
  expect(fault.count).toBe(2)
  expect(kafka.partition('t', 0)?.highWatermark).toBe(1n)
})

test('an error can be answered although the batch was appended', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using client = await clientOf(kafka)
  kafka.faults.on('Produce', { kind: 'answer', code: 'REQUEST_TIMED_OUT', at: 'after' })
  expect((await send(client, 't', batchOf(['a']))).errorCode).toBe(errorCode.REQUEST_TIMED_OUT)
  expect(kafka.partition('t', 0)?.highWatermark).toBe(1n)
})

test('the connection can end before or after the request was carried out', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  for (const [at, highWatermark] of [
    ['before', 0n],
    ['after', 1n],
  ] as const) {
    await using client = await clientOf(kafka)
    const fault = kafka.faults.on('Produce', { kind: 'hang-up', at })
    await expect(send(client, 't', batchOf(['a']))).rejects.toThrow(HungUp)
    expect(fault.count).toBe(1)
    expect(kafka.partition('t', 0)?.highWatermark).toBe(highWatermark)
  }
})

test('a fault chooses by broker, client, occurrence and content', async () => {
  await using kafka = await startEmbeddedKafka({ topics, brokers: 2 })
  await using one = await clientOf(kafka, 1, 'one')
  await using two = await clientOf(kafka, 2, 'two')
  const action = { kind: 'answer', code: 'UNKNOWN_SERVER_ERROR' } as const
  kafka.faults.on('Metadata', action, { broker: 2 })
  expect([await ask(one), await ask(two), await ask(two)]).toEqual([0, -1, 0])
  kafka.faults.on('Metadata', action, { clientId: 'one', skip: 1 })
  expect([await ask(one), await ask(two), await ask(one)]).toEqual([0, 0, -1])
  kafka.faults.on('Metadata', action, { when: ({ topics: asked }) => asked?.[0]?.name === 'other' })
  expect(await ask(one)).toBe(0)
})

test('answers of different connections can be put into another order', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using one = await clientOf(kafka)
  await using two = await clientOf(kafka)
  const held = kafka.faults.on('Produce', { kind: 'hold', at: 'after' })
  const order: string[] = []
  const first = send(one, 't', batchOf(['a'])).then(() => order.push('first'))
  await held.happened()
  await send(two, 't', batchOf(['b'])).then(() => order.push('second'))
  held.release()
  await first
  expect(order).toEqual(['second', 'first'])
})

test('a throttle is told, and a delay delays', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using client = await clientOf(kafka)
  kafka.faults.on('Metadata', { kind: 'throttle', ms: 1_234 })
  kafka.faults.on('Metadata', { kind: 'delay', ms: 20 })
  const before = performance.now()
  expect((await client.call(metadata, { topics: [] })).throttleTimeMs).toBe(1_234)
  expect(performance.now() - before).toBeGreaterThan(15)
})

test('something can happen between a request and its answer', async () => {
  await using kafka = await startEmbeddedKafka({ topics, brokers: 2 })
  const leader = kafka.partition('t', 0)?.leader ?? 0
  await using client = await clientOf(kafka, leader)
  kafka.faults.on('Produce', { kind: 'run', run: () => kafka.faults.moveLeader('t', 0, 3 - leader) })
  const outcome = await send(client, 't', batchOf(['a']))
  expect(outcome).toMatchObject({
    errorCode: errorCode.NOT_LEADER_OR_FOLLOWER,
    currentLeader: { leaderId: 3 - leader, leaderEpoch: 1 },
  })
  expect(kafka.faults.counts).toEqual({ moveLeader: 1 })
})

test('a waiting fetch is answered when its leader moves, and the records are there at the new one', async () => {
  await using kafka = await startEmbeddedKafka({ topics, brokers: 2 })
  const leader = kafka.partition('t', 0)?.leader ?? 0
  await using client = await clientOf(kafka, leader)
  await using other = await clientOf(kafka, 3 - leader)
  await send(client, 't', batchOf(['a']))
  const moveSoon = () => setImmediate(() => kafka.faults.moveLeader('t', 0, 3 - leader))
  kafka.faults.on('Fetch', { kind: 'run', run: moveSoon })
  const answer = await read(client, 't', { offset: 1n, maxWaitMs: 60_000 })
  expect(answer.errorCode).toBe(errorCode.NOT_LEADER_OR_FOLLOWER)
  expect(valuesIn((await read(other, 't')).records)).toEqual(['0:a'])
})

test('a broker that stops is gone; its partitions are led by others, and it comes back', async () => {
  await using kafka = await startEmbeddedKafka({ topics, brokers: 2 })
  await using one = await clientOf(kafka, 1)
  await using two = await clientOf(kafka, 2)
  await kafka.faults.stopBroker(2)
  await expect(two.call(metadata, { topics: [] })).rejects.toThrow(HungUp)
  const seen = await one.call(metadata, { topics: [{ name: 't' }] })
  expect(seen.brokers.map(({ nodeId }) => nodeId)).toEqual([1])
  expect(seen.topics[0]?.partitions.map(({ leaderId }) => leaderId)).toEqual([1, 1, 1])
  await kafka.faults.startBroker(2)
  await using again = await clientOf(kafka, 2)
  expect((await again.call(metadata, { topics: [] })).brokers).toHaveLength(2)
})

test('sessions end on command', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using client = await clientOf(kafka)
  const { memberId, generationId } = await stableMember(client, 'g')
  expect(kafka.group('g')).toEqual({ state: 'Stable', generationId: 1, memberIds: [memberId] })
  kafka.faults.expireSessions('g')
  const answer = await client.call(heartbeat, { groupId: 'g', memberId, generationId })
  expect(answer.errorCode).toBe(errorCode.UNKNOWN_MEMBER_ID)
  expect(kafka.group('g')?.state).toBe('Empty')
})

test('a coordinator moves', async () => {
  await using kafka = await startEmbeddedKafka({ topics, brokers: 2 })
  kafka.faults.moveCoordinator('group', 'g', 2)
  await using one = await clientOf(kafka, 1)
  await using two = await clientOf(kafka, 2)
  const request = { groupId: 'g', memberId: 'm', generationId: 1 }
  expect((await one.call(heartbeat, request)).errorCode).toBe(errorCode.NOT_COORDINATOR)
  expect((await committed(two, 'g', 't')).errorCode).toBe(errorCode.NONE)
})

test('a truncated log loses its end, and a client with the old epoch is fenced', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using client = await clientOf(kafka)
  for (const value of ['a', 'b', 'c']) await send(client, 't', batchOf([value]))
  kafka.faults.truncate('t', 0, 1n)
  expect(kafka.partition('t', 0)).toMatchObject({ highWatermark: 1n, leaderEpoch: 1 })
  expect((await send(client, 't', batchOf(['d']))).baseOffset).toBe(1n)
  expect(valuesIn((await read(client, 't')).records)).toEqual(['0:a', '1:d'])
  expect((await read(client, 't', { currentLeaderEpoch: 0 })).errorCode).toBe(errorCode.FENCED_LEADER_EPOCH)
})

test('a topic is deleted and created again', async () => {
  await using kafka = await startEmbeddedKafka({ topics })
  await using client = await clientOf(kafka)
  const idOf = async () => (await client.call(metadata, { topics: [{ name: 't' }] })).topics[0]?.topicId
  const before = await idOf()
  await send(client, 't', batchOf(['a']))
  kafka.faults.recreateTopic('t')
  expect(await idOf()).not.toBe(before)
  expect(kafka.partition('t', 0)?.highWatermark).toBe(0n)
})
