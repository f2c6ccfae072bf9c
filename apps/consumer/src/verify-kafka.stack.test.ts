import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openAdmin } from '@pinpipe/kafka/admin'
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import { openProducer } from '@pinpipe/kafka/producer'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer, type Ended } from './testing/run-consumer.ts'
import { linkKey } from './chain/chain-keys.ts'
import { makeTopic, numbered } from './testing/stack.ts'

type Verified = {
  readonly version: number
  readonly rangesCompared: number
  readonly differences: readonly { readonly code: string; readonly key: string; readonly sentence: string }[]
  readonly notes: readonly { readonly code: string; readonly sentence: string }[]
}

async function verify(
  lake: string,
  brokers: string,
  topic: string,
): Promise<Ended & { readonly found: Verified }> {
  const argv = ['verify', '--lake', `dir:${lake}`, '--topics', topic, '--against-kafka', '--brokers', brokers]
  const ended = await runConsumer([...argv, '-o', 'json'])
  if (ended.stdout === '') throw new Error(ended.stderr)
  return { ...ended, found: JSON.parse(ended.stdout) as Verified }
}

async function store(lake: string, brokers: string, topic: string, ...more: string[]): Promise<void> {
  const argv = [
    '--lake',
    `dir:${lake}`,
    '--topics',
    topic,
    '--brokers',
    brokers,
    '--until-end',
    '--max-records',
    '10',
  ]
  const ended = await runConsumer([...argv, '--group', unique('g'), ...more])
  expect(ended.code).toBe(0)
}

stackTest(
  '--against-kafka reads every range again, those of transactions and dead letters, too',
  async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 3 })
    await send(0, numbered(95))
    await send(1, [...numbered(5), 'no JSON', ...numbered(5)])
    await send(1, numbered(12), { transaction: true })
    await store(lake.path, kafka.bootstrapServers, topic, '--compression', 'zstd')
    const { code, found } = await verify(lake.path, kafka.bootstrapServers, topic)
    expect([code, found.differences, found.notes]).toEqual([0, [], []])
    const links = await readdir(join(lake.path, '_chain', `${topic}@0`), { recursive: true })
    expect(found.rangesCompared).toBe(links.filter((name) => /-\d+\.json$/.test(name)).length)
    expect(found.rangesCompared).toBeGreaterThan(10)
  },
)

stackTest('--against-kafka finds the range of a changed record', async ({ kafka }) => {
  await using lake = await temporaryFolder()
  const { topic, connection } = await makeTopic(kafka.bootstrapServers)
  await sendAt(connection, topic, numbered(50))
  await store(lake.path, kafka.bootstrapServers, topic)
  // The same records once more, but for one; and no topic id that tells: the lake is one of an old cluster.
  await using admin = await openAdmin(connection)
  await admin.deleteTopics([topic])
  await admin.createTopics([{ topic, partitions: 1, replicationFactor: 1 }])
  await sendAt(connection, topic, numbered(50).with(27, '{"n":-1}'))
  const made = await verify(lake.path, kafka.bootstrapServers, topic)
  expect([made.code, made.found.differences.map(({ code }) => code)]).toEqual([2, ['log-changed']])
  await forgetTopicIds(lake.path, topic)
  const { code, found } = await verify(lake.path, kafka.bootstrapServers, topic)
  expect(code).toBe(2)
  expect(found.differences).toMatchObject([
    { code: 'record-changed', key: linkKey({ topic, epoch: 0, partition: 0 }, 20n) },
  ])
  expect(found.differences[0]?.sentence).toContain('the offsets 20 to 29')
  expect(found.rangesCompared).toBe(5)
})

stackTest(
  '--against-kafka says what the log no longer has, and finds a log that is too short',
  async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, connection } = await makeTopic(kafka.bootstrapServers)
    await sendAt(connection, topic, numbered(50))
    await store(lake.path, kafka.bootstrapServers, topic)
    await using admin = await openAdmin(connection)
    await admin.deleteTopics([topic])
    const gone = await verify(lake.path, kafka.bootstrapServers, topic)
    expect([gone.code, gone.found.notes.map(({ code }) => code)]).toEqual([0, ['not-in-log']])
    await admin.createTopics([{ topic, partitions: 1, replicationFactor: 1 }])
    await sendAt(connection, topic, numbered(25))
    await forgetTopicIds(lake.path, topic)
    const { code, found } = await verify(lake.path, kafka.bootstrapServers, topic)
    expect([code, found.rangesCompared, found.differences.map((one) => one.code)]).toEqual([
      2,
      2,
      ['log-changed'],
    ])
  },
)

/** Each record has a time of its own, the same in every call. */
async function sendAt(connection: KafkaConnection, topic: string, values: readonly string[]): Promise<void> {
  await using producer = await openProducer(connection)
  const records = values.map((value, i) => ({ key: String(i), value, timestampMs: 1_700_000_000_000 + i }))
  await producer.send({ topic, partition: 0, records })
}

async function forgetTopicIds(lake: string, topic: string): Promise<void> {
  const folder = join(lake, '_chain', `${topic}@0`, '0')
  for (const name of await readdir(folder)) {
    const { topicId: _, ...link } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
      topicId?: string
    }
    await writeFile(join(folder, name), JSON.stringify(link))
  }
}

for (const [format, more] of [
  ['json', ['--compression', 'gzip', '--partition-by', 'field:country']],
  ['envelope', ['--partition-by', 'time:month']],
  ['raw', ['--compression', 'zstd']],
  ['parquet', ['--compression', 'snappy']],
] as const) {
  stackTest(
    `objects of ${format} with ${more[1]} have no differences, and one that was cut off is found`,
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, send } = await makeTopic(kafka.bootstrapServers, { topic: `${unique('x')}.geo` })
      await send(0, [...Array.from({ length: 24 }, (_, i) => rowOf(i)), 'no row'])
      await store(lake.path, kafka.bootstrapServers, topic, '--format', format, ...more)
      const { code, found } = await verify(lake.path, kafka.bootstrapServers, topic)
      expect([code, found.differences, found.rangesCompared]).toEqual([0, [], 3])
      const entries = await readdir(join(lake.path, 'topics'), { recursive: true, withFileTypes: true })
      const [file] = entries.filter((entry) => entry.isFile() && /00000-0{18}09\./.test(entry.name))
      const path = join(file!.parentPath, file!.name)
      await writeFile(path, (await readFile(path)).subarray(0, -1))
      const spoilt = await verify(lake.path, kafka.bootstrapServers, topic)
      expect([spoilt.code, spoilt.found.differences.map((one) => one.code)]).toEqual([2, ['truncated']])
    },
  )
}

function rowOf(i: number): string {
  const country = i % 2 === 0 ? 'Albania' : 'Peru'
  return `{"ind":${i},"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"longitude":-173.293,"country":"${country}"}`
}
