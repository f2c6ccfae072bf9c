import { type KafkaVersion } from '@pinpipe/local-stack/maven-jars'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { commit, committed } from '../testing/group-calls.ts'
import { WireClient } from '../testing/wire-client.ts'
import { KafkaPair } from './testing/kafka-pair.ts'

const day = 1_700_000_000_000

/** A group that has read 2 of 4 records in partition 0, and 1 of 3 in partition 1. */
async function groupWithOffsets(pair: KafkaPair): Promise<{ group: string; topic: string }> {
  const topic = await pair.topic(2)
  const group = unique('group')
  await pair.fill(topic, 0, ['a', 'b'], day)
  await pair.fill(topic, 0, ['c', 'd'], day + 1000)
  await pair.fill(topic, 1, ['e', 'f', 'g'], day + 2000)
  await pair.onBoth(async (servers) => {
    await using client = await WireClient.open(servers)
    expect(await commit(client, group, topic, 2n, { partition: 0 })).toBe(0)
    expect(await commit(client, group, topic, 1n, { partition: 1 })).toBe(0)
  })
  return { group, topic }
}

async function expectOffsets(pair: KafkaPair, group: string, topic: string, expected: bigint[]) {
  const [embedded, apache] = await pair.onBoth(async (servers) => {
    await using client = await WireClient.open(servers)
    const both = [0, 1].map(async (partition) => await committed(client, group, topic, { partition }))
    return (await Promise.all(both)).map(({ committedOffset }) => committedOffset)
  })
  expect(embedded).toEqual(expected)
  expect(apache).toEqual(expected)
}

/** The rows of a table without its head: cells by column. */
const rowsOf = (stdout: string): readonly (readonly string[])[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '' && !/^(GROUP|TOPIC|Consumer group|Request)/.test(line))
    .map((line) => line.trim().split(/\s+/))

stackTest.for<KafkaVersion>(['4.1', '2.8.1'])(
  'kafka-consumer-groups %s describes, resets and deletes as with Apache Kafka',
  async (version, { kafka }) => {
    await using pair = await KafkaPair.open(kafka.bootstrapServers)
    const { group, topic } = await groupWithOffsets(pair)
    const groups = async (...args: string[]) =>
      await pair.run('kafka-consumer-groups', ['--group', group, ...args], { version, anyOrder: true })
    const reset = async (...args: string[]) =>
      rowsOf((await groups('--reset-offsets', '--topic', topic, ...args)).stdout)
    const [offsets, state] = await Promise.all([groups('--describe'), groups('--describe', '--state')])
    expect(rowsOf(offsets.stdout)).toEqual([
      [group, topic, '0', '2', '4', '2', '-', '-', '-'],
      [group, topic, '1', '1', '3', '2', '-', '-', '-'],
    ])
    expect(rowsOf(state.stdout)[0]).toEqual([
      group,
      'host:port',
      '(1)',
      ...(version === '4.1' ? ['-'] : []),
      'Empty',
      '0',
    ])
    const both = (...[first, second]: [string, string]) => [
      [group, topic, '0', first],
      [group, topic, '1', second],
    ]
    const [planned, byTime] = await Promise.all([
      reset('--shift-by', '1', '--dry-run'),
      reset('--to-datetime', '2023-11-14T22:13:20.500', '--dry-run'),
    ])
    expect(planned).toEqual(both('3', '2'))
    expect(byTime).toEqual(both('2', '0'))
    await expectOffsets(pair, group, topic, [2n, 1n])
    expect(await reset('--to-latest', '--execute')).toEqual(both('4', '3'))
    await expectOffsets(pair, group, topic, [4n, 3n])
    const forgotten = await groups('--delete-offsets', '--topic', `${topic}:0`)
    expect(rowsOf(forgotten.stdout)).toEqual([[topic, '0', 'Successful']])
    await expectOffsets(pair, group, topic, [-1n, 3n])
    expect((await groups('--delete')).stdout).toContain('was successful')
    await expectOffsets(pair, group, topic, [-1n, -1n])
  },
)
