import { setTimeout as sleep } from 'node:timers/promises'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { dataKey } from './testing/records.ts'
import { runConsumer, startConsumer, summaryIn } from './testing/run-consumer.ts'
import { committedIn, dataLines, linesOf, makeTopic, numbered, objectsIn } from './testing/stack.ts'

describe('from Kafka to a folder', () => {
  stackTest(
    '--until-end stores everything below the end once, commits it, and a second run has nothing to do',
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, connection, send } = await makeTopic(kafka.bootstrapServers, { partitions: 3 })
      await send(0, numbered(10))
      await send(1, numbered(5, 10))
      const group = unique('group')
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        group,
        '--lake',
        `dir:${lake.path}`,
        '--until-end',
      ]
      const ended = await runConsumer(argv)
      expect([ended.code, summaryIn(ended)]).toMatchObject([
        0,
        { records: 15, objects: 2, rejected: 0, partitions: 3 },
      ])
      expect([...(await objectsIn(lake.path)).keys()].toSorted()).toEqual([
        dataKey(0, 9, 0, '.json', topic),
        dataKey(0, 4, 1, '.json', topic),
      ])
      expect(await dataLines(lake.path, topic)).toEqual(numbered(15))
      expect((await committedIn(connection, group, topic)).slice(0, 2)).toEqual([10n, 5n])

      const again = await runConsumer(argv)
      expect([again.code, summaryIn(again)]).toMatchObject([0, { records: 0, objects: 0 }])
      expect((await objectsIn(lake.path)).size).toBe(2)

      await send(0, numbered(4, 15))
      expect(summaryIn(await runConsumer(argv))).toMatchObject({ records: 4, objects: 1 })
      expect([...(await objectsIn(lake.path)).keys()]).toContain(dataKey(10, 13, 0, '.json', topic))
    },
  )

  stackTest('topics without records end at once', async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic } = await makeTopic(kafka.bootstrapServers, { partitions: 2 })
    const argv = [
      '--brokers',
      kafka.bootstrapServers,
      '--topics-regex',
      `${topic.slice(0, -1)}.`,
      '--group',
      unique('g'),
      '--lake',
      `dir:${lake.path}`,
      '--until-end',
    ]
    const ended = await runConsumer(argv)
    expect([ended.code, summaryIn(ended)]).toMatchObject([0, { records: 0, objects: 0, partitions: 0 }])
  })

  stackTest('--max-records and --max-bytes cut the ranges', async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, send } = await makeTopic(kafka.bootstrapServers)
    await send(0, numbered(1000))
    const shared = ['--brokers', kafka.bootstrapServers, '--topics', topic, '--until-end', '--lake']
    const byRecords = await runConsumer([
      ...shared,
      `dir:${lake.path}/r`,
      '--group',
      unique('g'),
      '--max-records',
      '300',
    ])
    expect(summaryIn(byRecords)).toMatchObject({ records: 1000, objects: 4 })
    expect([...(await objectsIn(`${lake.path}/r`)).keys()].toSorted()).toEqual(
      [0, 300, 600, 900].map((start) => dataKey(start, Math.min(start + 299, 999), 0, '.json', topic)),
    )
    const byBytes = await runConsumer([
      ...shared,
      `dir:${lake.path}/b`,
      '--group',
      unique('g'),
      '--max-bytes',
      '2KiB',
    ])
    expect(summaryIn(byBytes).records).toBe(1000)
    const sizes = [...(await objectsIn(`${lake.path}/b`)).values()].map((bytes) => bytes.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2048)
    expect(sizes.toSorted((a, b) => a - b)[1]).toBeGreaterThan(2000)
    expect(await dataLines(`${lake.path}/b`, topic)).toEqual(numbered(1000))
  })

  stackTest(
    'as a service, --max-age stores without a new record, and SIGTERM stores the rest',
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, connection, send } = await makeTopic(kafka.bootstrapServers)
      await send(0, numbered(3))
      const group = unique('g')
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        group,
        '--lake',
        `dir:${lake.path}`,
      ]
      await using aging = startConsumer([...argv, '--max-age', '300ms', '--log-level', 'debug'])
      await aging.saw('range stored')
      expect(await dataLines(lake.path, topic)).toEqual(numbered(3))
      aging.kill('SIGTERM')
      expect((await aging.ended).code).toBe(0)

      await using waiting = startConsumer([...argv, '--max-age', '1h'])
      await waiting.saw('partitions assigned')
      await send(0, numbered(4, 3))
      await sleep(1500)
      waiting.kill('SIGTERM')
      const ended = await waiting.ended
      expect([ended.code, summaryIn(ended)]).toMatchObject([0, { records: 4, objects: 1 }])
      expect(await dataLines(lake.path, topic)).toEqual(numbered(7))
      expect(await committedIn(connection, group, topic)).toEqual([7n])
    },
  )

  stackTest(
    'a tail of transaction markers reaches the end; ranges cover the offsets of markers (K12)',
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, connection, send } = await makeTopic(kafka.bootstrapServers)
      await send(0, numbered(2), { transaction: true })
      await send(0, numbered(2, 2), { transaction: true })
      const group = unique('g')
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        group,
        '--lake',
        `dir:${lake.path}`,
        '--until-end',
      ]
      const ended = await runConsumer(argv)
      expect([ended.code, summaryIn(ended)]).toMatchObject([0, { records: 4, objects: 1 }])
      expect([...(await objectsIn(lake.path)).keys()]).toEqual([dataKey(0, 5, 0, '.json', topic)])
      expect(await committedIn(connection, group, topic)).toEqual([6n])
      expect(summaryIn(await runConsumer(argv))).toMatchObject({ records: 0, objects: 0 })
    },
  )

  stackTest(
    'poison records become dead letters of their range, and everything else is stored',
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, send } = await makeTopic(kafka.bootstrapServers)
      await send(0, ['{"n":0}', '{"n":', Buffer.from([0xff, 0xfe]), '', '{\n"n": 1.50\n}', '{"n":2}'])
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        unique('g'),
        '--lake',
        `dir:${lake.path}`,
        '--until-end',
        '--compression',
        'gzip',
      ]
      const ended = await runConsumer(argv)
      expect([ended.code, summaryIn(ended)]).toMatchObject([
        0,
        { records: 3, rejected: 3, objects: 1, deadObjects: 1 },
      ])
      expect(await dataLines(lake.path, topic)).toEqual(['{"n":0}', '{"n":1.50}', '{"n":2}'])
      const dead = dataKey(0, 5, 0, '.json.gz', topic).replace('topics/', 'dead/')
      const bytes = (await objectsIn(lake.path)).get(dead)
      const letters = linesOf(dead, bytes!).map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(letters.map(({ offset, reason, value }) => [offset, reason, value])).toEqual([
        [1, 'not-json', '{"n":'],
        [2, 'not-json', '//4='],
        [3, 'no-value', ''],
      ])
      expect(ended.stderr).toContain('records became dead letters')
      expect(ended.stderr).not.toContain('{\\"n\\":')
    },
  )

  stackTest('many partitions stay within a small memory budget, and all is stored', async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 10 })
    const padding = 'x'.repeat(4000)
    for (let partition = 0; partition < 10; partition++)
      await send(partition, numbered(800, partition * 800, padding))
    const argv = [
      '--brokers',
      kafka.bootstrapServers,
      '--topics',
      topic,
      '--group',
      unique('g'),
      '--lake',
      `dir:${lake.path}`,
      '--until-end',
      '--memory',
      '8MiB',
      '--log-level',
      'debug',
    ]
    const ended = await runConsumer(argv)
    const summary = summaryIn(ended)
    expect([ended.code, summary]).toMatchObject([0, { records: 8000, partitions: 10 }])
    expect(summary.peakMemoryBytes).toBeLessThanOrEqual(8 * 1024 * 1024)
    expect(ended.stderr.includes('"trigger":"memory"')).toBe(true)
    const lines = await dataLines(lake.path, topic)
    expect([lines.length, new Set(lines).size]).toEqual([8000, 8000])
  })
})
