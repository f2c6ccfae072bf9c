import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KafkaVersion } from '@pinpipe/local-stack/maven-jars'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { KafkaPair } from './testing/kafka-pair.ts'

const versions: readonly KafkaVersion[] = ['4.1', '2.8.1']

stackTest.for(versions)('kafka-topics %s works as with Apache Kafka', async (version, { kafka }) => {
  await using pair = await KafkaPair.open(kafka.bootstrapServers)
  const topic = unique('topics')
  const topics = async (...args: string[]) =>
    await pair.run('kafka-topics', [...args, '--topic', topic], { version })
  const settings = ['--config', 'retention.ms=60000', '--config', 'cleanup.policy=compact,delete']
  const created = await topics('--create', '--partitions', '3', '--replication-factor', '1', ...settings)
  expect(created.stdout).toBe(`Created topic ${topic}.`)
  expect((await topics('--alter', '--partitions', '5')).code).toBe(0)
  const described = (await topics('--describe')).stdout.split('\n')
  expect(described).toHaveLength(6)
  expect(described[0]).toMatch(/TopicId: id.PartitionCount: 5.ReplicationFactor: 1.*retention.ms=60000/)
  expect((await topics('--list')).stdout).toBe(topic)
  expect((await topics('--delete')).code).toBe(0)
  const gone = await topics('--describe')
  expect(gone.stdout).toContain(`Topic '${topic}' does not exist as expected`)
  expect(gone.code).toBe(1)
})

stackTest('kafka-topics says why a topic is refused, as with Apache Kafka', async ({ kafka }) => {
  await using pair = await KafkaPair.open(kafka.bootstrapServers)
  const topic = await pair.topic(2)
  const topics = async (...args: string[]) => await pair.run('kafka-topics', args)
  const [again, setting, replication, fewer] = await Promise.all([
    topics('--create', '--topic', topic),
    topics('--create', '--topic', 'refused', '--config', 'segment.bytes=1'),
    topics('--create', '--topic', 'refused', '--replication-factor', '9'),
    topics('--alter', '--topic', topic, '--partitions', '1'),
  ])
  expect(again.stdout).toContain(`Topic '${topic}' already exists.`)
  expect(setting.stdout).toContain('Invalid value 1 for configuration segment.bytes')
  expect(replication.stdout).toContain('Unable to replicate the partition 9 time(s)')
  expect(fewer.stdout).toContain('would not be an increase')
})

stackTest.for(versions)('kafka-configs %s works as with Apache Kafka', async (version, { kafka }) => {
  await using pair = await KafkaPair.open(kafka.bootstrapServers)
  const topic = await pair.topic(1, { 'retention.ms': '1000' })
  const target = ['--entity-type', 'topics', '--entity-name', topic]
  const configs = async (...args: string[]) =>
    await pair.run('kafka-configs', [...target, ...args], { version, anyOrder: true })
  await configs('--alter', '--add-config', 'cleanup.policy=[compact,delete],max.message.bytes=2000')
  const overrides = await configs('--describe')
  expect(overrides.stdout).toContain('cleanup.policy=compact,delete sensitive=false')
  expect(overrides.stdout).toContain('retention.ms=1000 sensitive=false')
  await configs('--alter', '--delete-config', 'cleanup.policy,retention.ms')
  const [all, refused] = await Promise.all([
    configs('--describe', '--all'),
    configs('--alter', '--add-config', 'retention.ms=soon'),
  ])
  expect(all.stdout).toContain('max.message.bytes=2000 sensitive=false')
  expect(all.stdout).toContain('retention.ms=604800000 sensitive=false')
  expect(refused.code).toBe(1)
})

stackTest.for(versions)(
  'kafka-get-offsets and kafka-delete-records %s work as with Apache Kafka',
  async (version, { kafka }) => {
    await using pair = await KafkaPair.open(kafka.bootstrapServers)
    await using open = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'delete-records-'))
    open.defer(async () => await rm(folder, { recursive: true }))
    const topic = await pair.topic(2)
    await pair.fill(topic, 0, ['a', 'b', 'c', 'd'], 1_700_000_000_000)
    await pair.fill(topic, 1, ['e'], 1_700_000_100_000)
    await pair.fill(topic, 1, ['f', 'g'], 1_700_000_200_000)
    const file = join(folder, 'offsets.json')
    const upTo = (partition: number, offset: number) => ({ topic, partition, offset })
    await writeFile(file, JSON.stringify({ version: 1, partitions: [upTo(0, 3), upTo(1, -1)] }))
    const offsets = async (time: string) =>
      (await pair.run('kafka-get-offsets', ['--topic', topic, '--time', time], { version })).stdout.split(
        '\n',
      )
    const [ends, atTime] = await Promise.all([offsets('-1'), offsets('1700000150000')])
    expect(ends).toEqual([`${topic}:0:4`, `${topic}:1:3`])
    expect(atTime).toContain(`${topic}:1:1`)
    if (version === '4.1') expect(await offsets('max-timestamp')).toEqual([`${topic}:0:0`, `${topic}:1:1`])
    const options = { version, anyOrder: true }
    const deleted = await pair.run('kafka-delete-records', ['--offset-json-file', file], options)
    expect(deleted.stdout).toContain(`partition: ${topic}-0\tlow_watermark: 3`)
    expect(deleted.stdout).toContain(`partition: ${topic}-1\tlow_watermark: 3`)
    expect(await offsets('-2')).toEqual([`${topic}:0:3`, `${topic}:1:3`])
  },
)
