import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { heartbeat } from './api/heartbeat.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.ts'
import { errorCode } from './error-codes.ts'
import { ManualClock } from './manual-clock.ts'
import { batchBy, initProducer } from './testing/transaction-calls.ts'
import { batchOf } from './testing/batches.ts'
import { read, send } from './testing/calls.ts'
import { commit, committed, stableMember } from './testing/group-calls.ts'
import { WireClient } from './testing/wire-client.ts'

/** Ports that nobody gets by chance: below those that systems give out by themselves. */
async function onSomePort(start: (port: number) => Promise<EmbeddedKafka>): Promise<EmbeddedKafka> {
  for (;;)
    try {
      return await start(11_000 + 5 * Math.floor(Math.random() * 4_000))
    } catch {
      // Taken: another one.
    }
}

test('it starts below 50 ms, and its port is free after the end', async () => {
  await (await startEmbeddedKafka()).close()
  const before = performance.now()
  const kafka = await startEmbeddedKafka({ topics: [{ topic: 't' }] })
  const took = performance.now() - before
  await kafka.close()
  expect(took).toBeLessThan(50)
  const port = Number(kafka.bootstrapServers.split(':')[1])
  const refused = await new Promise((resolve) => {
    connect(port, '127.0.0.1').once('error', resolve)
  })
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' })
})

test('several brokers have consecutive ports, and lead the partitions in turn', async () => {
  await using kafka = await onSomePort((at) =>
    startEmbeddedKafka({ brokers: 3, port: at, topics: [{ topic: 't', partitions: 6 }] }),
  )
  const port = Number(kafka.bootstrapServers.split(':')[1]?.split(',')[0])
  expect(kafka.bootstrapServers).toBe([0, 1, 2].map((index) => `127.0.0.1:${port + index}`).join(','))
  const leaders = [0, 1, 2, 3, 4, 5].map((partition) => kafka.partition('t', partition)?.leader)
  expect(leaders.toSorted((a = 0, b = 0) => a - b)).toEqual([1, 1, 2, 2, 3, 3])
})

test('a topic that Kafka would refuse is refused at the start', async () => {
  await expect(startEmbeddedKafka({ topics: [{ topic: 'a b' }] })).rejects.toThrow(
    "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
  )
})

test('a port that is taken is an error, and nothing is left open', async () => {
  await using kafka = await onSomePort((at) => startEmbeddedKafka({ port: at }))
  const port = Number(kafka.bootstrapServers.split(':')[1])
  await expect(startEmbeddedKafka({ brokers: 2, port: port - 1 })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  await (await startEmbeddedKafka({ port: port - 1 })).close()
})

test('full memory drops the oldest records, whatever their partition', async () => {
  const maxBytes = 8 * 1024 * 1024
  await using kafka = await startEmbeddedKafka({ maxBytes, topics: [{ topic: 't', partitions: 2 }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  for (let round = 0; round < 60; round++)
    await send(client, 't', batchOf(['x'.repeat(500_000)]), { partition: round % 2 })
  expect(kafka.usedBytes).toBeLessThanOrEqual(maxBytes)
  expect(kafka.usedBytes).toBeGreaterThan(maxBytes / 2)
  const { startOffset = 0n, highWatermark } = kafka.partition('t', 0) ?? {}
  expect(highWatermark).toBe(30n)
  expect(startOffset).toBeGreaterThan(15n)
  expect((await read(client, 't', { offset: startOffset })).errorCode).toBe(errorCode.NONE)
  expect((await read(client, 't', { offset: startOffset - 1n })).errorCode).toBe(
    errorCode.OFFSET_OUT_OF_RANGE,
  )
})

test('full memory refuses records, if so wished', async () => {
  const options = { maxBytes: 2 * 1024 * 1024, onFull: 'refuse', topics: [{ topic: 't' }] } as const
  await using kafka = await startEmbeddedKafka(options)
  await using client = await WireClient.open(kafka.bootstrapServers)
  const codes: number[] = []
  for (let round = 0; round < 6; round++)
    codes.push((await send(client, 't', batchOf(['x'.repeat(500_000)]))).errorCode)
  expect(codes).toEqual([0, 0, 0, 0, errorCode.KAFKA_STORAGE_ERROR, errorCode.KAFKA_STORAGE_ERROR])
  expect(kafka.partition('t', 0)).toMatchObject({ startOffset: 0n, highWatermark: 4n })
})

test('records go when their retention is over', async () => {
  const clock = new ManualClock()
  const configs = { 'retention.ms': '3600000' }
  await using kafka = await startEmbeddedKafka({ clock, topics: [{ topic: 't', configs }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  await send(client, 't', batchOf(['old'], { baseTimestamp: clock.now() }))
  clock.advance(3_000_000)
  expect(kafka.partition('t', 0)?.startOffset).toBe(0n)
  clock.advance(1_000_000)
  expect(kafka.partition('t', 0)).toMatchObject({ startOffset: 1n, highWatermark: 1n })
})

test('whole segments go when the log is too large', async () => {
  const configs = { 'retention.bytes': '2200000', 'segment.bytes': '1048576' }
  await using kafka = await startEmbeddedKafka({ topics: [{ topic: 't', configs }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  for (let round = 0; round < 10; round++) await send(client, 't', batchOf(['x'.repeat(500_000)]))
  kafka.runCleanup()
  expect(kafka.partition('t', 0)).toMatchObject({ startOffset: 4n, highWatermark: 10n })
})

test('a session ends when the clock says so', async () => {
  const clock = new ManualClock()
  await using kafka = await startEmbeddedKafka({ clock })
  await using client = await WireClient.open(kafka.bootstrapServers)
  const member = await stableMember(client, 'g', { sessionTimeoutMs: 10_000 })
  const beat = async () =>
    (await client.call(heartbeat, { groupId: 'g', memberId: member.memberId, generationId: 1 })).errorCode
  clock.advance(9_000)
  expect(await beat()).toBe(errorCode.NONE)
  clock.advance(9_000)
  expect(await beat()).toBe(errorCode.NONE)
  clock.advance(10_001)
  expect(await beat()).toBe(errorCode.UNKNOWN_MEMBER_ID)
})

test('a transaction is aborted and its producer fenced when its time is over', async () => {
  const clock = new ManualClock()
  await using kafka = await startEmbeddedKafka({ clock, topics: [{ topic: 't' }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  const producer = await initProducer(client, 'tx', { timeoutMs: 60_000 })
  const transactional = (sequence: number) => batchBy(producer, sequence, ['x'], { isTransactional: true })
  await send(client, 't', transactional(0), { transactionalId: 'tx' })
  expect(kafka.partition('t', 0)).toMatchObject({ lastStableOffset: 0n, highWatermark: 1n })
  clock.advance(60_000)
  expect(kafka.partition('t', 0)).toMatchObject({ lastStableOffset: 2n, highWatermark: 2n })
  const late = await send(client, 't', transactional(1), { transactionalId: 'tx' })
  expect(late.errorCode).toBe(errorCode.INVALID_PRODUCER_EPOCH)
})

test('offsets of an empty group expire after a week', async () => {
  const clock = new ManualClock()
  await using kafka = await startEmbeddedKafka({ clock, topics: [{ topic: 't' }] })
  await using client = await WireClient.open(kafka.bootstrapServers)
  await commit(client, 'g', 't', 5n)
  clock.advance(6 * 86_400_000)
  expect((await committed(client, 'g', 't')).committedOffset).toBe(5n)
  clock.advance(2 * 86_400_000)
  expect((await committed(client, 'g', 't')).committedOffset).toBe(-1n)
  expect(kafka.group('g')).toBeUndefined()
})
