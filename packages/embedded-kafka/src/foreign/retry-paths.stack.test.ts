/** How librdkafka (kcat) and Java's producer go on when a broker's answer is an error, or lost. */

import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { type Outcome, runProgram } from '@pinpipe/local-stack/run-program'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets, keptValues } from './testing/broker-view.ts'
import { javaTest } from './testing/java-test.ts'
import { until } from './testing/until.ts'

const topics = [{ topic: 'a.pin', partitions: 2 }]
const start = (): Promise<EmbeddedKafka> => startEmbeddedKafka({ topics, brokers: 2 })
const values = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, n) => String(n + from))

async function kcat(broker: EmbeddedKafka, args: readonly string[], input = ''): Promise<Outcome> {
  const quick = ['retry.backoff.ms=10', 'reconnect.backoff.ms=10', 'heartbeat.interval.ms=100']
  const settings = quick.flatMap((setting) => ['-X', setting])
  return await runProgram('kcat', ['-b', broker.bootstrapServers, ...settings, ...args], {
    input,
    timeoutMs: 30_000,
  })
}

async function write(broker: EmbeddedKafka, all: readonly string[], ...settings: string[]): Promise<void> {
  const more = ['linger.ms=100', ...settings].flatMap((setting) => ['-X', setting])
  const outcome = await kcat(broker, ['-P', '-t', 'a.pin', '-p', '0', ...more], all.join('\n'))
  expect(outcome).toEqual({ code: 0, stdout: '', stderr: expect.any(String) })
}

const read = async (
  broker: EmbeddedKafka,
  count: number,
  ...settings: string[]
): Promise<readonly string[]> => {
  const more = ['auto.offset.reset=earliest', ...settings].flatMap((setting) => ['-X', setting])
  const { stdout } = await kcat(broker, ['-q', '-c', String(count), ...more, '-G', 'readers', 'a.pin'])
  return stdout.trim().split('\n')
}

const leader = (broker: EmbeddedKafka): number => broker.partition('a.pin', 0)?.leader ?? 0

/** Nothing goes wrong: the test learns that such a request was made. */
const seen = { kind: 'run', run: () => undefined } as const

// They wait for time-outs of the clients most of the time: all of them at once.
describe.concurrent('retry paths', () => {
  stackTest.for([
    ['none', 6, ['a', 'b', 'c', 'a', 'b', 'c']],
    ['enable.idempotence=true', 3, ['a', 'b', 'c']],
    ['transactional.id=writer', 4, ['a', 'b', 'c']],
  ] as const)(
    'a lost acknowledgement is a duplicate with librdkafka, unless it is idempotent: %s',
    async ([setting, highWatermark, kept]) => {
      await using broker = await start()
      const fault = broker.faults.on('Produce', { kind: 'hang-up', at: 'after' })
      await write(broker, ['a', 'b', 'c'], ...(setting === 'none' ? [] : [setting]))
      expect(fault.count).toBe(1)
      expect(await keptValues(broker, 'a.pin', 0)).toEqual(kept)
      expect(broker.partition('a.pin', 0)?.highWatermark).toBe(BigInt(highWatermark))
    },
  )

  stackTest('librdkafka sends again what a leader refuses or does not answer in time', async () => {
    await using broker = await start()
    const faults = [
      broker.faults.on('Produce', { kind: 'answer', code: 'NOT_ENOUGH_REPLICAS' }, { times: 2 }),
      broker.faults.on('Produce', { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' }, { skip: 2 }),
      broker.faults.on('Produce', { kind: 'hang-up' }, { skip: 3 }),
    ]
    await write(broker, values(50), 'enable.idempotence=true')
    expect(faults.map(({ count }) => count)).toEqual([2, 1, 1])
    expect(await keptValues(broker, 'a.pin', 0)).toEqual(values(50))
  })

  stackTest('librdkafka follows a leader that moves, and a broker that stops', async () => {
    await using broker = await start()
    const move = () => broker.faults.moveLeader('a.pin', 0, leader(broker) === 1 ? 2 : 1)
    const moved = broker.faults.on('Produce', { kind: 'run', run: move })
    await write(broker, values(10), 'enable.idempotence=true')
    const stopped = leader(broker)
    const stop = broker.faults.on('Produce', { kind: 'run', run: () => broker.faults.stopBroker(stopped) })
    await write(broker, values(10, 10), 'enable.idempotence=true')
    expect([moved.count, stop.count]).toEqual([1, 1])
    expect(broker.faults.counts).toEqual({ moveLeader: 1, stopBroker: 1 })
    expect(leader(broker)).not.toBe(stopped)
    expect(await keptValues(broker, 'a.pin', 0)).toEqual(values(20))
  })

  stackTest('a transaction of librdkafka outlives errors of its coordinator', async () => {
    await using broker = await start()
    const faults = [
      broker.faults.on('InitProducerId', { kind: 'answer', code: 'COORDINATOR_LOAD_IN_PROGRESS' }),
      broker.faults.on('AddPartitionsToTxn', { kind: 'answer', code: 'CONCURRENT_TRANSACTIONS' }),
      broker.faults.on('EndTxn', { kind: 'hang-up', at: 'after' }),
    ]
    await write(broker, ['a', 'b'], 'transactional.id=writer')
    expect(faults.map(({ count }) => count)).toEqual([1, 1, 1])
    expect(await keptValues(broker, 'a.pin', 0)).toEqual(['a', 'b'])
    expect(broker.partition('a.pin', 0)).toMatchObject({ highWatermark: 3n, lastStableOffset: 3n })
  })

  stackTest('a group of librdkafka goes on after errors of fetches, joins and its coordinator', async () => {
    await using broker = await start()
    await write(broker, values(20))
    const loading = { kind: 'answer', code: 'COORDINATOR_LOAD_IN_PROGRESS' } as const
    const on = { broker: leader(broker) }
    const faults = [
      broker.faults.on('FindCoordinator', { kind: 'answer', code: 'COORDINATOR_NOT_AVAILABLE' }),
      broker.faults.on('JoinGroup', loading),
      broker.faults.on('SyncGroup', { kind: 'answer', code: 'REBALANCE_IN_PROGRESS' }),
      broker.faults.on('OffsetFetch', loading),
      broker.faults.on('Fetch', { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' }, on),
      broker.faults.on('Fetch', { kind: 'hang-up', at: 'after' }, on),
    ]
    expect(await read(broker, 20)).toEqual(values(20))
    expect(faults.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 1])
    expect(await committedOffsets(broker, 'readers', 'a.pin', 1)).toEqual([20n])
  })

  stackTest('a group of librdkafka follows its coordinator', async () => {
    await using broker = await start()
    broker.faults.moveCoordinator('group', 'readers', 1)
    const reading = read(broker, 40)
    await broker.faults.on('Fetch', seen).happened()
    broker.faults.moveCoordinator('group', 'readers', 2)
    await write(broker, values(20))
    await broker.faults.on('Heartbeat', seen, { broker: 2 }).happened()
    await write(broker, values(20, 20))
    expect(await reading).toEqual(values(40))
    expect(broker.faults.counts).toEqual({ moveCoordinator: 2 })
    expect(await committedOffsets(broker, 'readers', 'a.pin', 1)).toEqual([40n])
  })

  stackTest('a member of librdkafka whose session ended comes back as another one', async () => {
    await using broker = await start()
    const reading = read(broker, 20)
    await broker.faults.on('Fetch', seen).happened()
    const before = broker.group('readers')?.memberIds
    broker.faults.expireSessions('readers')
    await until('it is back', () => broker.group('readers')?.state === 'Stable')
    expect(broker.group('readers')?.memberIds).not.toEqual(before)
    await write(broker, values(20))
    expect(await reading).toEqual(values(20))
    expect(broker.faults.counts).toEqual({ expireSessions: 1 })
  })

  javaTest('Java’s producer writes each record once, whatever happens to acknowledgements', async () => {
    await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin' }], brokers: 2 })
    const faults = [
      broker.faults.on('Produce', { kind: 'hang-up', at: 'after' }),
      broker.faults.on(
        'Produce',
        { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER', at: 'after' },
        { skip: 1 },
      ),
      broker.faults.on('Produce', { kind: 'answer', code: 'REQUEST_TIMED_OUT', at: 'after' }, { skip: 2 }),
    ]
    const target = ['--bootstrap-server', broker.bootstrapServers, '--topic', 'a.pin']
    const input = values(100).join('\n')
    expect(await runJavaTool('kafka-console-producer', target, { input })).toMatchObject({ code: 0 })
    expect(faults.map(({ count }) => count)).toEqual([1, 1, 1])
    expect(await keptValues(broker, 'a.pin', 0)).toEqual(values(100))
  })
})
