import { catalogue } from '@pinpipe/schema/catalogue'
import { type OutgoingBatch, type RecordProducer } from '@pinpipe/kafka/producer'
import { createLogger } from '@pinpipe/service/logger'
import { Metrics } from '@pinpipe/service/metrics'
import { Redactor } from '@pinpipe/service/redaction'
import { Failure } from '@pinpipe/service/failure'
import { describe, expect, it } from 'vitest'
import { producerEvents } from './events.ts'
import { KafkaOutput, type KafkaOutputOptions } from './kafka-output.ts'
import { type EncodedRecord } from './record-encoder.ts'
import { Tally } from './tally.ts'

const [table] = catalogue
const topic = 'x.pin'

const recordsOf = (count: number): EncodedRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    topic,
    table: table!,
    key: String(n),
    value: `{"n":${n}}`,
    seq: n + 1,
  }))

const passing = (): Failure => new Failure('not now', { exit: 'unreachable', canRetry: true })

/** A producer that keeps what it acknowledged; `answer` decides for each send. */
function fakeProducer(answer: (batch: OutgoingBatch, nth: number) => Promise<void>) {
  const acked: { partition: number; key: string }[] = []
  const most = new Map<number, number>()
  const underWay = new Map<number, number>()
  let sends = 0
  const producer: RecordProducer = {
    partitionCount: () => Promise.resolve(3),
    send: async (batch) => {
      const now = (underWay.get(batch.partition) ?? 0) + 1
      underWay.set(batch.partition, now)
      most.set(batch.partition, Math.max(now, most.get(batch.partition) ?? 0))
      try {
        await answer(batch, sends++)
      } finally {
        underWay.set(batch.partition, now - 1)
      }
      acked.push(...batch.records.map((record) => ({ partition: batch.partition, key: record.key })))
      return { baseOffset: 0n }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return { producer, acked, mostAtOnce: () => Math.max(...most.values()), sends: () => sends }
}

async function outputOn(producer: RecordProducer, extra: Partial<KafkaOutputOptions> = {}) {
  const tally = new Tally()
  const log = createLogger({
    app: 'producer',
    level: 'silent',
    format: 'json',
    redactor: new Redactor(),
    write: () => undefined,
  })
  const output = new KafkaOutput({
    producer,
    brokers: ['b:9092'],
    topicPrefix: 'x',
    runId: 'run',
    batchBytes: 40,
    bufferBytes: 10_000,
    lingerMs: 1,
    deliveryTimeoutMs: 60_000,
    events: producerEvents({ log, metrics: new Metrics('producer') }),
    tally,
    ...extra,
  })
  await output.check([topic])
  return { output, tally }
}

const inOrder = (keys: readonly string[]): boolean =>
  keys.every((key, n) => n === 0 || Number(key) > Number(keys[n - 1]))

describe('KafkaOutput', () => {
  it('sends a batch again after a failure that passes, and keeps the order of each partition (P12)', async () => {
    const fake = fakeProducer((_batch, nth) =>
      nth % 3 === 1 ? Promise.reject(passing()) : Promise.resolve(),
    )
    const { output, tally } = await outputOn(fake.producer)
    await output.write(recordsOf(60))
    await output.flush()
    expect(tally).toMatchObject({ acked: 60, failed: 0 })
    expect(tally.sendRetries).toBeGreaterThan(0)
    for (const partition of [0, 1, 2]) {
      expect(
        inOrder(fake.acked.filter((record) => record.partition === partition).map(({ key }) => key)),
      ).toBe(true)
    }
    expect(fake.acked.length).toBe(60)
  })

  it('has one send per partition under way', async () => {
    const fake = fakeProducer(() => new Promise((resolve) => void setTimeout(resolve, 1)))
    const { output } = await outputOn(fake.producer)
    await output.write(recordsOf(100))
    await output.flush()
    expect(fake.mostAtOnce()).toBe(1)
    expect(fake.sends()).toBeGreaterThan(10)
  })

  it('counts every record as acknowledged or failed when the sink breaks, and sends nothing new', async () => {
    const fake = fakeProducer((_batch, nth) =>
      nth === 4 ? Promise.reject(new Failure('broken')) : Promise.resolve(),
    )
    const { output, tally } = await outputOn(fake.producer)
    await output.write(recordsOf(100)).catch(() => undefined)
    await expect(output.flush()).rejects.toThrow('broken')
    await expect(output.write(recordsOf(5))).rejects.toThrow('broken')
    await expect(output.flush()).rejects.toThrow('broken')
    expect(tally.acked).toBe(fake.acked.length)
    expect(tally.acked + tally.failed).toBe(105)
    expect(tally.failed).toBeGreaterThan(0)
  })

  it('gives up when the delivery time-out is over', async () => {
    const fake = fakeProducer(() => Promise.reject(passing()))
    const { output, tally } = await outputOn(fake.producer, { deliveryTimeoutMs: 150 })
    await output.write(recordsOf(1))
    await expect(output.flush()).rejects.toThrow('not now')
    expect(tally).toMatchObject({ acked: 0, failed: 1 })
    expect(fake.sends()).toBeGreaterThan(1)
  })

  it('makes the source wait while the buffer is full, and lets it go on when there is room', async () => {
    const gate = Promise.withResolvers<void>()
    const fake = fakeProducer(() => gate.promise)
    const { output, tally } = await outputOn(fake.producer, { bufferBytes: 100 })
    let isTaken = false
    const written = output.write(recordsOf(50)).then(() => (isTaken = true))
    await new Promise((resolve) => void setTimeout(resolve, 20))
    expect([isTaken, output.bufferedBytes >= 100]).toEqual([false, true])
    gate.resolve()
    await written
    await output.flush()
    expect([tally.acked, output.bufferedBytes]).toEqual([50, 0])
  })

  it('names the command that creates the topics that do not exist', async () => {
    const unknown = Object.assign(new Failure('unknown topic'), { code: 'UNKNOWN_TOPIC' })
    const producer = {
      ...fakeProducer(() => Promise.resolve()).producer,
      partitionCount: () => Promise.reject(unknown),
    }
    await expect(outputOn(producer)).rejects.toThrow(
      /x\.pin does not exist on b:9092.*topics apply --brokers b:9092 --topic-prefix x/,
    )
  })
})
