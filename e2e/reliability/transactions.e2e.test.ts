/** Aborted records are never stored, open transactions hold up what is behind them and nothing else, and the lag ends (F19). */
// oxlint-disable-next-line no-restricted-imports -- an open transaction is not for the apps' port
import { Kafka, logLevel, type Producer } from 'kafkajs'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, expect, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { ProvingGround } from './proving-ground.ts'
import { seed } from './seed.ts'

const timeout = 120_000
const partitions = 3

type Where = { readonly brokers?: string }

describe('transactions', () => {
  test('on the embedded Kafka', { timeout }, () => expectLagToEnd({}))
  stackTest('on Apache Kafka', { timeout }, ({ kafka }) =>
    expectLagToEnd({ brokers: kafka.bootstrapServers }),
  )
})

async function expectLagToEnd(where: Where): Promise<void> {
  const scenario = 'transactions'
  const args = ['--max-age', '200ms', '--max-records', '20']
  await using ground = await ProvingGround.open({ scenario, seed, bundle, partitions, args, ...where })
  const fleet = ground.fleet()
  await using load = ground.load({ committed: 0.4, aborted: 0.4 })
  await using stalled = await openTransaction(ground, 0)
  await load.send(size === 'full' ? 1_000 : 60)
  // Nothing but the end of an aborted transaction at the end of each partition.
  for (let partition = 0; partition < partitions; partition++) await load.abort(ground.topic, partition, 4)

  const member = fleet.join()
  const done = { committed: expect.any(Number), lag: 0 }
  await expect.poll(() => ground.progress(), { timeout: 30_000 }).toEqual([done, done, done])
  // Only the first is held up.
  const committed = (await ground.progress()).map((partition) => partition.committed)
  expect(committed).toEqual([0, expect.toSatisfy(isAboveNull), expect.toSatisfy(isAboveNull)])
  await stalled.abort()
  await expect.poll(async () => (await ground.progress())[0]?.committed).toBeGreaterThan(0)
  await expect.poll(() => ground.progress(), { timeout: 30_000 }).toEqual([done, done, done])
  await member.leave()
  await ground.storeAll(fleet)

  const { aborted } = load.counts
  const outcome = await ground.conclude([fleet], { 'records aborted': aborted, 'open transaction': 1 })
  expectExact(outcome, { 'records aborted': 10 })
}

const isAboveNull = (offset: number): boolean => offset > 0

/** A transaction with one record that is not over: the last stable offset of its partition stays where it begins. */
async function openTransaction(
  { brokers, topic }: ProvingGround,
  partition: number,
): Promise<AsyncDisposable & { abort(): Promise<void> }> {
  const kafka = new Kafka({ clientId: 'stalled', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const producer: Producer = kafka.producer({
    transactionalId: `stalled-${topic}`,
    idempotent: true,
    maxInFlightRequests: 1,
  })
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ partition, value: '{"never":"stored"}' }] })
  return {
    abort: () => transaction.abort(),
    [Symbol.asyncDispose]: () => producer.disconnect(),
  }
}
