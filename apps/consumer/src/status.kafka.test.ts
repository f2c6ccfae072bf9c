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
