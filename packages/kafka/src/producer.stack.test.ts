import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { openProducer } from './producer.ts'
import { readByJava } from './testing/java-reader.ts'
import { createTopic, plainConnection } from './testing/kafka-topic.ts'

const recordsOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `${name}${index}`, value: `${name}-${index}` }))

stackTest.for(['none', 'gzip', 'zstd'] as const)(
  'what is sent with %s is what the Java client reads: key, value, partition, order',
  async (compression, { kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 2)
    await using producer = await openProducer(plainConnection(kafka.bootstrapServers), { compression })
    expect(await producer.partitionCount(topic)).toBe(2)
    expect(await producer.send({ topic, partition: 1, records: recordsOf('a', 3) })).toEqual({
      baseOffset: 0n,
    })
    expect(await producer.send({ topic, partition: 1, records: recordsOf('b', 2) })).toEqual({
      baseOffset: 3n,
    })
    expect(await producer.send({ topic, partition: 0, records: [{ key: '7', value: 'ü🎨' }] })).toEqual({
      baseOffset: 0n,
    })
    const read = await readByJava(kafka.bootstrapServers, topic, 6)
    expect(read.filter(({ partition }) => partition === 1).map(({ value }) => value)).toEqual([
      'a-0',
      'a-1',
      'a-2',
      'b-0',
      'b-1',
    ])
    expect(read.find(({ partition }) => partition === 0)).toMatchObject({ key: '7', value: 'ü🎨' })
  },
)
