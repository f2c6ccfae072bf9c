import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets } from './testing/broker-view.ts'
import { openConsumer, openProducer } from './testing/platformatic.ts'
import { until } from './testing/until.ts'

const values = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n))

test('kafkajs and platformatic share the partitions of one group, and one takes over from the other', async () => {
  const partitions = 4
  await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions }], brokers: 3 })
  const read = new Map<string, string[]>([
    ['kafkajs', []],
    ['platformatic', []],
  ])
  const count = (): number => [...read.values()].reduce((sum, own) => sum + own.length, 0)
  await using open = new AsyncDisposableStack()

  const client = new Kafka({ brokers: broker.bootstrapServers.split(','), logLevel: logLevel.NOTHING })
  const kafkajs = client.consumer({ groupId: 'readers', heartbeatInterval: 100, maxWaitTimeInMs: 100 })
  open.defer(async () => await kafkajs.disconnect())
  await kafkajs.connect()
  await kafkajs.subscribe({ topics: ['a.pin'], fromBeginning: true })
  await kafkajs.run({
    eachMessage: async ({ message }) => {
      read.get('kafkajs')?.push(String(message.value))
    },
  })
  // Members of a group must have a protocol in common: kafkajs has this one.
  const platformatic = openConsumer(broker, { protocols: [{ name: 'RoundRobinAssigner', version: 1 }] })
  open.use(platformatic)
  const stream = await platformatic.consume({
    topics: ['a.pin'],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: true,
  })
  stream.on('data', ({ value }) => read.get('platformatic')?.push(value))
  await until('both are members', () => {
    const group = broker.group('readers')
    return group?.state === 'Stable' && group.memberIds.length === 2 && platformatic.assignments !== null
  })

  await using producer = openProducer(broker)
  const send = async (all: readonly string[]): Promise<void> => {
    const messages = all.map((value) => ({ topic: 'a.pin', value, partition: Number(value) % partitions }))
    await producer.send({ messages })
  }
  await send(values(200))
  await until('all is read', () => count() === 200)
  expect([...read.values()].map(({ length }) => length)).toEqual([100, 100])
  expect(new Set([...read.values()].flat())).toEqual(new Set(values(200)))

  await stream.close()
  platformatic.leaveGroup((error) => expect(error).toBeFalsy())
  await until('one is left', () => broker.group('readers')?.memberIds.length === 1)
  await send(values(400).slice(200))
  await until('all is read', () => count() >= 400)
  expect(read.get('kafkajs')).toHaveLength(300)
  expect(new Set([...read.values()].flat())).toEqual(new Set(values(400)))
  await kafkajs.disconnect()
  expect(await committedOffsets(broker, 'readers', 'a.pin', partitions)).toEqual([100n, 100n, 100n, 100n])
})
