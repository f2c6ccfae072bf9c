import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { mustRun } from '@pinpipe/local-stack/run-program'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets, keptCodecs } from './testing/broker-view.ts'
import { javaTest } from './testing/java-test.ts'
import { KafkaPair } from './testing/kafka-pair.ts'

const topics = [{ topic: 'a.pin', partitions: 3 }]

async function kcat(servers: string, args: readonly string[], input = ''): Promise<string> {
  return await mustRun('kcat', ['-b', servers, ...args], { input, timeoutMs: 30_000 })
}

stackTest('kcat -L lists the same as with Apache Kafka', async ({ kafka }) => {
  await using pair = await KafkaPair.open(kafka.bootstrapServers)
  const topic = await pair.topic(3)
  const [embedded, apache] = await pair.onBoth(async (servers) => {
    const [known, unknown] = await Promise.all(
      [topic, 'there-is-none'].map(async (name) => await kcat(servers, ['-L', '-J', '-t', name])),
    )
    return [known, unknown].map((text = '') => JSON.parse(text.replaceAll(servers, 'host:port')) as unknown)
  })
  expect(embedded).toEqual(apache)
})

stackTest('kcat -L sees every broker and who leads', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 3 })
  const metadata = JSON.parse(await kcat(broker.bootstrapServers, ['-L', '-J'])) as {
    brokers: { id: number; name: string }[]
    topics: { topic: string; partitions: { partition: number; leader: number }[] }[]
  }
  expect(metadata.brokers.map(({ name }) => name).toSorted()).toEqual(
    broker.bootstrapServers.split(',').toSorted(),
  )
  expect(metadata.topics).toMatchObject([{ topic: 'a.pin', partitions: [{}, {}, {}] }])
  for (const { partition, leader } of metadata.topics[0]!.partitions)
    expect(broker.partition('a.pin', partition)?.leader).toBe(leader)
})

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const linesOf = (codec: string): readonly string[] =>
  Array.from({ length: 100 }, (_, n) => `${codec}-${n}\t${'value '.repeat(10)}${n}`)

javaTest('what kcat writes with each codec is kept so, and read by kcat and Java', async () => {
  await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin' }], brokers: 2 })
  const { bootstrapServers } = broker
  for (const codec of codecs) {
    const args = ['-P', '-t', 'a.pin', '-K', '\t', '-z', codec, '-X', 'linger.ms=200']
    await kcat(bootstrapServers, args, linesOf(codec).join('\n'))
  }
  const expected = codecs.flatMap(linesOf)
  expect(await keptCodecs(broker, 'a.pin', 0)).toEqual([0, 1, 2, 3, 4])
  const byKcat = await kcat(bootstrapServers, ['-C', '-t', 'a.pin', '-e', '-q', '-f', '%k\t%s\n'])
  expect(byKcat.trim().split('\n')).toEqual(expected)
  const reading = ['--bootstrap-server', bootstrapServers, '--topic', 'a.pin', '--from-beginning']
  const args = [...reading, '--max-messages', String(expected.length), '--property', 'print.key=true']
  const byJava = await Promise.all(
    (['4.1', '2.8.1'] as const).map(
      async (version) => await runJavaTool('kafka-console-consumer', args, { version }),
    ),
  )
  for (const { stdout } of byJava) expect(stdout.trim().split('\n')).toEqual(expected)
})

stackTest('kcat writes with each acks, idempotent and in transactions', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 3 })
  const { bootstrapServers } = broker
  const write = async (...settings: string[]) => {
    const args = settings.flatMap((setting) => ['-X', setting])
    await kcat(bootstrapServers, ['-P', '-t', 'a.pin', '-p', '0', ...args], 'one\ntwo\n')
  }
  await write('acks=0')
  await write('acks=1')
  await write('enable.idempotence=true')
  await write('transactional.id=writer')
  const format = ['-q', '-e', '-f', '%o %s\n', '-X', 'isolation.level=read_committed']
  const seen = await kcat(bootstrapServers, ['-C', '-t', 'a.pin', '-p', '0', ...format])
  const expected = ['0 one', '1 two', '2 one', '3 two', '4 one', '5 two', '6 one', '7 two']
  expect(seen.trim().split('\n')).toEqual(expected)
  // The ninth is the marker of the transaction.
  expect(broker.partition('a.pin', 0)).toMatchObject({ highWatermark: 9n, lastStableOffset: 9n })
})

stackTest('kcat reads from an offset, from a time, and asks for offsets', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 3 })
  const { bootstrapServers } = broker
  const target = ['-t', 'a.pin', '-p', '1']
  await kcat(bootstrapServers, ['-P', ...target], 'a\nb\nc\n')
  const consume = async (from: string, ...more: string[]) =>
    await kcat(bootstrapServers, ['-C', ...target, '-o', from, '-e', '-q', '-f', '%o:%s ', ...more])
  expect(await consume('1')).toBe('1:b 2:c ')
  expect(await consume('-1')).toBe('2:c ')
  expect(await consume('beginning', '-c', '2')).toBe('0:a 1:b ')
  expect(await consume('s@1000')).toBe('0:a 1:b 2:c ')
  expect(await kcat(bootstrapServers, ['-Q', '-t', 'a.pin:1:1000', '-t', 'a.pin:0:1000'])).toMatch(
    /a.pin \[0\] offset -1\na.pin \[1\] offset 0\n/,
  )
})

const values = (count: number, from = 0) => Array.from({ length: count }, (_, n) => String(n + from))

stackTest('kcat -G goes on where its group had stopped', async () => {
  await using broker = await startEmbeddedKafka({ topics, brokers: 3 })
  const { bootstrapServers } = broker
  const write = async (lines: readonly string[]) =>
    await kcat(
      bootstrapServers,
      ['-P', '-t', 'a.pin', '-X', 'sticky.partitioning.linger.ms=0'],
      lines.join('\n'),
    )
  const consume = async (count: number) => {
    const format = ['-q', '-f', '%s\n', '-c', String(count), '-X', 'auto.offset.reset=earliest']
    const stdout = await kcat(bootstrapServers, [...format, '-G', 'readers', 'a.pin'])
    return stdout
      .trim()
      .split('\n')
      .toSorted((a, b) => Number(a) - Number(b))
  }
  await write(values(90))
  expect(await consume(90)).toEqual(values(90))
  await write(values(30, 90))
  expect(await consume(30)).toEqual(values(30, 90))
  expect(broker.group('readers')).toMatchObject({ state: 'Empty' })
  expect(await committedOffsets(broker, 'readers', 'a.pin', 3)).toEqual(
    [0, 1, 2].map((partition) => broker.partition('a.pin', partition)?.highWatermark),
  )
})
