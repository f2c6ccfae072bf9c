import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { type KafkaVersion } from '@pinpipe/local-stack/maven-jars'
import { expect } from 'vitest'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { committedOffsets, keptCodecs } from './testing/broker-view.ts'
import { javaTest } from './testing/java-test.ts'

const versions: readonly KafkaVersion[] = ['4.1', '2.8.1']
const properties = (...all: string[]) => all.flatMap((property) => ['--property', property])

javaTest.for([
  { writer: '4.1', reader: '2.8.1', codec: 'zstd', number: 4 },
  { writer: '2.8.1', reader: '4.1', codec: 'lz4', number: 3 },
] as const)(
  'the console consumer $reader reads in a group what the console producer $writer writes with $codec',
  async ({ writer, reader, codec, number }) => {
    await using broker = await startEmbeddedKafka({ topics: [{ topic: 'a.pin', partitions: 1 }] })
    const servers = ['--bootstrap-server', broker.bootstrapServers, '--topic', 'a.pin']
    const hasHeaders = writer !== '2.8.1'
    const head = (n: number) => (hasHeaders ? `n:${n},more:x` : 'NO_HEADERS')
    const rows = Array.from({ length: 200 }, (_, n) => [head(n), `key-${n}`, `${'value '.repeat(10)}${n}`])
    const lines = rows.map((row) => (hasHeaders ? row : row.slice(1)).join('\t'))
    const parse = properties('parse.key=true', ...(hasHeaders ? ['parse.headers=true'] : []))
    const options = { version: writer, input: `${lines.join('\n')}\n` }
    const args = [...servers, ...parse, '--compression-codec', codec]
    expect(await runJavaTool('kafka-console-producer', args, options)).toMatchObject({ code: 0 })
    const print = properties('print.key=true', 'print.headers=true')
    const consumed = await runJavaTool(
      'kafka-console-consumer',
      [...servers, ...print, '--from-beginning', '--max-messages', '200', '--group', 'readers'],
      { version: reader },
    )
    expect(consumed.stdout.trim().split('\n')).toEqual(rows.map((row) => row.join('\t')))
    expect(await keptCodecs(broker, 'a.pin', 0)).toEqual([number])
    expect(await committedOffsets(broker, 'readers', 'a.pin', 1)).toEqual([200n])
    expect(broker.group('readers')).toMatchObject({ state: 'Empty' })
  },
)

type ToolEvent = { readonly name: string; readonly [field: string]: unknown }

const eventsOf = (stdout: string): readonly ToolEvent[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ToolEvent)

const placeOf = ({ partition, offset }: ToolEvent) => `${String(partition)}:${String(offset)}`

javaTest.for(versions)(
  'the verifiable producer and consumer %s agree on every record, also as a static member',
  async (version) => {
    await using broker = await startEmbeddedKafka({
      topics: [{ topic: 'a.pin', partitions: 3 }],
      brokers: 3,
    })
    const servers = ['--bootstrap-server', broker.bootstrapServers, '--topic', 'a.pin']
    const sending = [...servers, '--max-messages', '500', '--acks', '-1', '--repeating-keys', '50']
    const produced = eventsOf((await runJavaTool('kafka-verifiable-producer', sending, { version })).stdout)
    expect(produced.find(({ name }) => name === 'tool_data')).toMatchObject({ sent: 500, acked: 500 })
    const acked = produced.filter(({ name }) => name === 'producer_send_success')
    const member = ['--group-id', 'readers', '--group-instance-id', 'one', '--verbose']
    const receiving = [...servers, ...member, '--max-messages', '500']
    const consumed = eventsOf((await runJavaTool('kafka-verifiable-consumer', receiving, { version })).stdout)
    expect(consumed.find(({ name }) => name === 'partitions_assigned')?.['partitions']).toHaveLength(3)
    const received = consumed.filter(({ name }) => name === 'record_data')
    expect(received.map(placeOf).toSorted()).toEqual(acked.map(placeOf).toSorted())
    expect(received.map(({ value }) => Number(value)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 500 }, (_value, n) => n),
    )
    expect(consumed.filter(({ name }) => name === 'offsets_committed').at(-1)).toMatchObject({
      success: true,
    })
    // A static member does not leave: the group waits for it to come back until its session ends.
    expect(broker.group('readers')).toMatchObject({
      state: 'Stable',
      memberIds: [expect.stringMatching(/^one-/)],
    })
  },
)

javaTest.for(versions)('the performance tools %s write transactions and read them', async (version) => {
  await using broker = await startEmbeddedKafka({
    topics: [{ topic: 'a.pin', partitions: 2 }],
    brokers: 2,
  })
  const { bootstrapServers } = broker
  const load = ['--topic', 'a.pin', '--num-records', '3000', '--record-size', '570', '--throughput', '-1']
  const props = ['--producer-props', `bootstrap.servers=${bootstrapServers}`, 'linger.ms=5']
  const transaction = ['--transactional-id', 'perf', '--transaction-duration-ms', '20']
  const produced = await runJavaTool('kafka-producer-perf-test', [...load, ...props, ...transaction], {
    version,
  })
  expect(produced.stdout).toContain('3000 records sent')
  const partitions = [broker.partition('a.pin', 0), broker.partition('a.pin', 1)]
  // Beside the records there is a marker for each transaction and partition.
  const end = partitions.reduce((sum, facts) => sum + Number(facts?.highWatermark), 0)
  expect(end).toBeGreaterThan(3000)
  expect(partitions.map((facts) => facts?.lastStableOffset)).toEqual(
    partitions.map((facts) => facts?.highWatermark),
  )
  const reading = ['--topic', 'a.pin', '--messages', '3000', '--group', 'perf', '--timeout', '20000']
  const args = ['--bootstrap-server', bootstrapServers, ...reading]
  const consumed = await runJavaTool('kafka-consumer-perf-test', args, { version })
  const [head = '', row = ''] = consumed.stdout.trim().split('\n')
  expect(row.split(', ')[head.split(', ').indexOf('data.consumed.in.nMsg')]).toBe('3000')
})
