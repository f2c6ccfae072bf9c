/** kcat's dump of a log, read back: whatever is in a record, and only what a reader of committed records may see. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
// oxlint-disable-next-line no-restricted-imports -- null keys and aborted transactions are not for the apps' port
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { expect } from 'vitest'
import { createTopics } from '../kafka.ts'
import { digestOf, metaDigest, noValue } from './digest.ts'
import { dumpLog, readLog } from './log-dump.ts'

stackTest('any bytes come back, and aborted records do not', async ({ kafka: { bootstrapServers } }) => {
  const topic = unique('dump')
  await createTopics(bootstrapServers, [topic], 2)
  const kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING })
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    transactionalId: topic,
    maxInFlightRequests: 1,
    idempotent: true,
  })
  await producer.connect()
  const bytes = Buffer.from([0, 255, 10, 13, 1])
  const timestamp = '1600000000000'
  for (const [end, messages] of [
    [
      'commit',
      [{ key: bytes, value: bytes, headers: { a: 'x,y=z', b: Buffer.from('1\u00002'), c: ['1', '2'] } }],
    ],
    ['abort', [{ key: 'k', value: 'aborted' }]],
    [
      'commit',
      [
        { key: null, value: null },
        { key: '', value: '' },
        { key: 'k', value: '{"a":\n 1}' },
      ],
    ],
  ] as const) {
    const transaction = await producer.transaction()
    const sent = messages.map((message) => ({ ...message, partition: 1, timestamp }))
    await transaction.send({ topic, messages: sent as Parameters<typeof transaction.send>[0]['messages'] })
    await transaction[end]()
  }
  await producer.disconnect()

  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-dump-'))
  try {
    const file = join(folder, 'log')
    await dumpLog(bootstrapServers, topic, file)
    const log = await readLog([file])
    expect(log.get(`${topic}/0`)).toMatchObject({ records: 0, low: 0n, high: 0n })
    const partition = log.get(`${topic}/1`)
    expect(partition).toMatchObject({ records: 4, low: 0n, high: 8n })
    const indexes = [0, 1, 2, 3]
    expect(indexes.map((index) => partition?.offsetAt(index))).toEqual([0n, 4n, 5n, 6n])
    expect(indexes.map((index) => partition?.valueAt(index))).toEqual([
      digestOf(bytes),
      noValue,
      digestOf(''),
      digestOf('{"a":\n 1}'),
    ])
    expect(partition?.lineAt(3)).toBe(digestOf('{"a":1}'))
    const headers = [Buffer.from('c=2'), Buffer.from('a=x,y=z'), Buffer.from('b=1'), Buffer.from('c=1')]
    expect(partition?.metaAt(0)).toBe(metaDigest({ timestamp: BigInt(timestamp), key: bytes, headers }))
    expect(partition?.metaAt(1)).not.toBe(partition?.metaAt(2))
  } finally {
    await rm(folder, { recursive: true })
  }
})
