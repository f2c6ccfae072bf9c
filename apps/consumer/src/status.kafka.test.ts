import { openProducer } from '@pinpipe/kafka/producer'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer } from './testing/run-consumer.ts'
import { makeTopic, numbered } from './testing/stack.ts'

stackTest('status tells the lag and the age of the oldest record that is not stored', async ({ kafka }) => {
  await using lake = await temporaryFolder()
  const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 2 })
  await send(0, numbered(10))
  const shared = ['--lake', `dir:${lake.path}`, '--topics', topic, '--brokers', kafka.bootstrapServers]
  expect((await runConsumer([...shared, '--group', unique('g'), '--until-end'])).code).toBe(0)
  await send(0, numbered(5))
  await send(1, numbered(3))
  const { code, stdout } = await runConsumer(['status', ...shared, '--count', '-o', 'json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    version: 1,
    partitions: [
      { partition: 0, epoch: 0, frontier: '10', records: 10, state: 'ok', lag: '5' },
      { partition: 1, lag: '3' },
    ],
  })
  const { partitions } = JSON.parse(stdout) as { partitions: { oldestUnstoredAgeMs: number }[] }
  for (const { oldestUnstoredAgeMs } of partitions) expect(oldestUnstoredAgeMs).toBeTypeOf('number')

  expect((await runConsumer([...shared, '--group', unique('g'), '--until-end'])).code).toBe(0)
  const table = await runConsumer(['status', ...shared])
  const rows = table.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
  expect(rows.map((row) => [row[0], row[1], row[3], row[7], row[8]])).toEqual([
    ['TOPIC', 'PARTITION', 'FRONTIER', 'LAG', 'OLDEST'],
    [topic, '0', '15', '0', '-'],
    [topic, '1', '3', '0', '-'],
  ])
})

stackTest(
  'locate asks Kafka for the offset of a time, and reads envelopes for the line',
  async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, connection, send } = await makeTopic(kafka.bootstrapServers)
    await using producer = await openProducer(connection)
    const records = numbered(10).map((value, i) => ({
      key: String(i),
      value,
      timestampMs: 1_700_000_000_000 + i * 1_000,
    }))
    await producer.send({ topic, partition: 0, records })
    await send(0, numbered(1), { transaction: true })
    const shared = ['--lake', `dir:${lake.path}`, '--brokers', kafka.bootstrapServers]
    const more = ['--topics', topic, '--format', 'envelope', '--partition-by', 'field:n', '--until-end']
    expect((await runConsumer([...shared, ...more, '--group', unique('g')])).code).toBe(0)
    const locate = ['locate', ...shared, '--topic', topic, '--partition', '0', '-o', 'json']
    const byTime = await runConsumer([...locate, '--timestamp', new Date(1_700_000_006_001).toISOString()])
    expect([byTime.code, JSON.parse(byTime.stdout)]).toMatchObject([
      0,
      { offset: '7', isCertain: true, objects: [{ firstLine: 1 }] },
    ])
    // n=0 holds the offsets 0 and 10: what lies between may be in it, as far as the link tells.
    const bounded = await runConsumer([...locate, '--offset', '0'])
    expect(JSON.parse(bounded.stdout)).toMatchObject({
      isCertain: false,
      objects: [{ firstLine: 1, lastLine: 1 }],
    })
    const exact = await runConsumer([...locate, '--offset', '10', '--exact'])
    expect([exact.code, JSON.parse(exact.stdout)]).toMatchObject([
      0,
      {
        isCertain: true,
        objects: [{ key: expect.stringContaining('n=0/') as string, firstLine: 2, lastLine: 2 }],
      },
    ])
    const marker = await runConsumer([...locate, '--offset', '11', '--exact'])
    expect([marker.code, JSON.parse(marker.stdout)]).toMatchObject([1, { kind: 'no-record' }])
  },
)
