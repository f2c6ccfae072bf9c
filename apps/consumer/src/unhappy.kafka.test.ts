import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { dataKey } from './testing/records.ts'
import { runConsumer, summaryIn, startConsumer } from './testing/run-consumer.ts'
import { makeTopic, numbered, objectsIn } from './testing/stack.ts'

type Case = {
  readonly what: string
  readonly argv: (facts: { brokers: string; lake: string; topic: string }) => readonly string[]
  readonly code: number
  readonly sentence: RegExp
}

const shared = (brokers: string, lake: string): string[] => [
  '--brokers',
  brokers,
  '--group',
  'g',
  '--lake',
  `dir:${lake}`,
  '--until-end',
]

const cases: readonly Case[] = [
  {
    what: 'a topic that does not exist',
    argv: ({ brokers, lake }) => [...shared(brokers, lake), '--topics', 'no-such-topic'],
    code: 1,
    sentence:
      /^consumer: the topic no-such-topic does not exist on .*: correct the name, or create it with topic-admin: topics create --brokers \S+ no-such-topic$/m,
  },
  {
    what: 'a prefix without topics',
    argv: ({ brokers, lake }) => [...shared(brokers, lake), '--topic-prefix', 'nobody'],
    code: 1,
    sentence:
      /^consumer: the topics nobody\.pin, nobody\.geo, nobody\.user do not exist on .*topic-admin: topics apply --brokers \S+ --topic-prefix nobody$/m,
  },
  {
    what: 'a prefix that Kafka does not take',
    argv: ({ brokers, lake }) => [...shared(brokers, lake), '--topic-prefix', 'a b'],
    code: 64,
    sentence: /topic prefix may hold only letters/,
  },
  {
    what: 'a pattern that fits no topic',
    argv: ({ brokers, lake }) => [...shared(brokers, lake), '--topics-regex', 'nothing-like-it'],
    code: 1,
    sentence:
      /^consumer: no topic fits --topics-regex nothing-like-it .*topic-admin: topics list --brokers \S+$/m,
  },
  {
    what: 'the schema of a topic that has none',
    argv: ({ brokers, lake, topic }) => [...shared(brokers, lake), '--topics', topic, '--validate', 'schema'],
    code: 64,
    sentence: /no table belongs to .*: use --validate json/,
  },
  {
    what: 'a lake below a file',
    argv: ({ brokers, lake, topic }) => [...shared(brokers, `${lake}/file`), '--topics', topic],
    code: 1,
    sentence: /\/file is not a folder, or a part of its path is a file: choose another path/,
  },
  {
    what: 'a lake that cannot be written',
    argv: ({ brokers, topic }) => [...shared(brokers, '/proc/lake'), '--topics', topic],
    code: 1,
    sentence: /^consumer: the lake \/proc\/lake cannot be /m,
  },
  {
    what: 'brokers that do not answer',
    argv: ({ lake, topic }) => [...shared('127.0.0.1:1', lake), '--topics', topic],
    code: 5,
    sentence: /127\.0\.0\.1:1/,
  },
  {
    what: 'an unknown command',
    argv: () => ['verfy', '--lake', 'dir:x'],
    code: 64,
    sentence: /unknown command "verfy"; did you mean verify\?/,
  },
  {
    what: 'an unknown flag and a bad size, both at once',
    argv: ({ brokers, lake, topic }) => [
      ...shared(brokers, lake),
      '--topics',
      topic,
      '--max-byte',
      '1MiB',
      '--max-bytes',
      'much',
    ],
    code: 64,
    sentence: /--max-byte[^s][\s\S]*--max-bytes: "much" is not a size/,
  },
]

describe('the consumer, when something is not as it should be', () => {
  for (const { what, argv, code, sentence } of cases) {
    stackTest(`${what}: exit ${code}, and a sentence that says what to do`, async ({ kafka }) => {
      await using lake = await temporaryFolder()
      await writeFile(join(lake.path, 'file'), '')
      const { topic } = await makeTopic(kafka.bootstrapServers)
      const ended = await runConsumer(argv({ brokers: kafka.bootstrapServers, lake: lake.path, topic }))
      expect([ended.code, ended.stdout]).toEqual([code, ''])
      expect(ended.stderr).toMatch(sentence)
      expect(ended.stderr).not.toMatch(/^\s+at /m)
    })
  }

  stackTest('a metrics port that is in use is told before anything is read', async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic } = await makeTopic(kafka.bootstrapServers)
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const ended = await runConsumer([
      ...shared(kafka.bootstrapServers, lake.path),
      '--topics',
      topic,
      '--metrics-port',
      String(port),
    ])
    taken.close()
    expect(ended.code).not.toBe(0)
    expect(ended.stderr).toContain(String(port))
  })

  stackTest(
    'a partition whose object is there with other content fails the run; the others are stored',
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 2 })
      await send(0, numbered(2))
      await send(1, numbered(2))
      const key = dataKey(0, 1, 0, '.json', topic)
      await mkdir(join(lake.path, key, '..'), { recursive: true })
      await writeFile(join(lake.path, key), 'mine')
      const ended = await runConsumer([...shared(kafka.bootstrapServers, lake.path), '--topics', topic])
      expect(ended.code).toBe(3)
      expect(ended.stderr).toContain(`${key} is there already, with other content`)
      const objects = await objectsIn(lake.path)
      expect(objects.get(key)?.toString()).toBe('mine')
      expect(objects.has(dataKey(0, 1, 1, '.json', topic))).toBe(true)
    },
  )

  stackTest(
    '/metrics has the lag under the name of kafka_exporter, /status a position per partition',
    async ({ kafka }) => {
      await using lake = await temporaryFolder()
      const { topic, send } = await makeTopic(kafka.bootstrapServers)
      await send(0, numbered(7))
      const port = await freePort()
      const argv = [
        '--brokers',
        kafka.bootstrapServers,
        '--topics',
        topic,
        '--group',
        unique('g'),
        '--lake',
        `dir:${lake.path}`,
      ]
      await using running = startConsumer([...argv, '--max-age', '1h', '--metrics-port', String(port)])
      await running.saw('partitions assigned')
      const get = async (path: string): Promise<string> =>
        await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
      let metrics = ''
      while (!/kafka_consumergroup_lag\{[^}]*partition="0"[^}]*\} 7/.test(metrics))
        metrics = await get('/metrics')
      expect(metrics).toContain('pinpipe_consumer_buffered_bytes')
      const status = JSON.parse(await get('/status')) as { partitions: Record<string, unknown>[] }
      expect(status.partitions).toEqual([
        expect.objectContaining({
          partition: `${topic}/0`,
          position: '7',
          stored: '0',
          highWatermark: '7',
          lag: '7',
          openRecords: 7,
        }),
      ])
      running.kill('SIGTERM')
      expect(summaryIn(await running.ended)).toMatchObject({ records: 7 })
    },
  )
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
