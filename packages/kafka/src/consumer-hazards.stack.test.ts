import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { createTopic, numbers, plainConnection, until } from './testing/kafka-topic.ts'
import { record } from './testing/recorder.ts'

stackTest.for(['gzip', 'snappy', 'lz4', 'zstd'])(
  'K11: what the Java producer compressed with %s is read',
  async (codec, { kafka }) => {
    const topic = await createTopic(kafka.bootstrapServers, 1)
    const lines = numbers(3_000).map((n) => `{"index":${n},"title":"pin ${n}"}`)
    const { code } = await runJavaTool(
      'kafka-console-producer',
      ['--bootstrap-server', kafka.bootstrapServers, '--topic', topic, '--compression-codec', codec],
      { input: `${lines.join('\n')}\n` },
    )
    expect(code).toBe(0)
    await using reader = await record(plainConnection(kafka.bootstrapServers), {
      groupId: topic,
      topics: [topic],
    })
    await until('3,000 records', () => reader.count() === 3_000)
    expect(reader.values.get(0)).toEqual(lines)
  },
)
