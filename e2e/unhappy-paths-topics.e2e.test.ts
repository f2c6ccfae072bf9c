/** topic-admin: what it refuses, and what the cluster refuses it. After each case the topics are as they were. */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { createTopics } from './kafka.ts'
import { runApp } from './run-app.ts'
import { expectUnhappy, topicNames, type Unhappy } from './unhappy-paths.ts'

/** What a case may name: `KEYED` is a topic of the catalogue with 3 partitions, `NONE` does not exist. */
type Row = readonly [what: string, args: string, exit: Unhappy['exit'], cause: string, remedy: string]

const refused: readonly Row[] = [
  [
    'create, a topic that exists',
    'create KEYED',
    1,
    'KEYED: it exists already:',
    'alter it, or pass --if-not-exists',
  ],
  [
    'create, a name that collides',
    'create UNDERSCORED',
    3,
    'UNDERSCORED would collide with KEYED: Kafka takes . and _ for the same in the names of metrics,',
    'choose another name',
  ],
  [
    'create, a topic of the brokers',
    'create __mine',
    3,
    '__mine: names that begin with __ belong to the brokers,',
    'and topics leaves them alone',
  ],
  [
    'create, more replicas than brokers',
    'create NONE --replication-factor 3',
    1,
    'NONE: could not create topic NONE: the replication factor is not possible;',
    'give at least 1 and at most the number of brokers',
  ],
  [
    'create, an unknown config',
    'create NONE --config no.such=1',
    1,
    'NONE: could not create topic NONE: the broker does not take this configuration;',
    "check each name and value against Kafka's topic configuration",
  ],
  [
    'create, a config with a bad value',
    'create NONE --config cleanup.policy=sideways',
    1,
    'NONE: could not create topic NONE: the broker does not take this configuration;',
    "check each name and value against Kafka's topic configuration",
  ],
  [
    'create, a config without a value',
    'create NONE --config retention',
    64,
    '--config: "retention" has no name:',
    'write name=value, such as retention.ms=7d',
  ],
  ['create, no topic', 'create', 64, 'no topic is named:', 'write topics create TOPIC'],
  [
    'create, a bad name',
    'create a/b',
    64,
    'the topic name "a/b"',
    'may hold only letters, digits, ., _ and -',
  ],
  ['create, a name twice', 'create NONE NONE', 64, 'the topic name "NONE"', 'is given twice'],
  [
    'alter, fewer partitions',
    'alter KEYED --partitions 2',
    3,
    'KEYED: it has 3 partitions, and Kafka cannot go down to 2 without losing records:',
    'ask for 3 or more, or make a new topic',
  ],
  [
    'alter, more partitions of a topic with keys',
    'alter KEYED --partitions 4',
    3,
    'KEYED: its records have keys, and going from 3 to 4 partitions moves keys to other partitions:',
    'pass --allow-keyed-partition-increase if no reader depends on their order',
  ],
  [
    'alter, a topic that does not exist',
    'alter NONE --partitions 4',
    1,
    'NONE: there is no topic NONE;',
    'create it first, or correct its name',
  ],
  [
    'alter, no number',
    'alter KEYED',
    64,
    '--partitions is required:',
    'the new number of partitions, in total',
  ],
  [
    'delete, nobody to ask',
    'delete KEYED',
    3,
    'nothing was deleted:',
    'pass --yes --confirm-name KEYED, or run this on a terminal',
  ],
  [
    'delete, without the name once more',
    'delete KEYED --yes',
    3,
    'nothing was deleted: --yes needs the names once more,',
    'as --confirm-name KEYED',
  ],
  [
    'delete, with another name',
    'delete KEYED --yes --confirm-name NONE',
    3,
    'nothing was deleted: --yes needs the names once more,',
    'as --confirm-name KEYED',
  ],
  [
    'delete, a topic that does not exist',
    'delete NONE --yes --confirm-name NONE',
    1,
    'NONE: there is no such topic:',
    'correct its name, or pass --if-exists',
  ],
  [
    'describe, a topic that does not exist',
    'describe NONE',
    1,
    'NONE: there is no topic NONE;',
    'create it first, or correct its name',
  ],
  [
    'apply, nobody to ask',
    'apply --topic-prefix NONE',
    3,
    'nothing was changed:',
    'pass --yes to carry out this plan, or run this on a terminal',
  ],
  [
    'apply, no prefix',
    'apply',
    64,
    '--topic-prefix (or the variable TOPIC_PREFIX) is required:',
    'the topics are PREFIX.pin, PREFIX.geo and PREFIX.user',
  ],
  ['list, a bad form', 'list -o xml', 64, '-o: "xml" is not', 'one of table, json, yaml, names'],
]

/** The topics that belong to a case, with their numbers of partitions. */
async function topicsOf(brokers: string, names: readonly string[]): Promise<readonly string[]> {
  const existing = (await topicNames(brokers)).filter((topic) => names.some((name) => topic.startsWith(name)))
  await using admin = await openReadOnlyAdmin({ clientId: 'e2e', brokers: brokers.split(','), tls: false })
  const described = await admin.describeTopics(existing)
  return described.map(({ topic, partitions }) => `${topic} ${partitions.length}`).toSorted()
}

describe('topics', () => {
  stackTest.concurrent.for(refused)('%s', async ([, args, exit, cause, remedy], { kafka }) => {
    const keyed = `${unique('keyed')}.pin`
    const none = unique('none')
    const filled = (text: string): string =>
      text
        .replaceAll('KEYED', keyed)
        .replaceAll('UNDERSCORED', keyed.replace('.', '_'))
        .replaceAll('NONE', none)
    await createTopics(kafka.bootstrapServers, [keyed], 3)
    await expectUnhappy({
      app: 'topic-admin',
      args: [...filled(args).split(' '), '--brokers', kafka.bootstrapServers],
      exit,
      cause: filled(cause),
      remedy: filled(remedy),
      unchanged: () => topicsOf(kafka.bootstrapServers, [keyed, filled('UNDERSCORED'), none, '__mine']),
    })
  })
})

/** In the spelling of kafka-topics.sh exit code, stdout and usage lines are the Java tool's; the remedy is ours. */
describe('topics, in the spelling of kafka-topics.sh', () => {
  stackTest.concurrent('create, a topic that exists', async ({ kafka }) => {
    const topic = unique('java')
    await createTopics(kafka.bootstrapServers, [topic], 1)
    const { stdout } = await expectUnhappy({
      app: 'topic-admin',
      args: ['--bootstrap-server', kafka.bootstrapServers, '--create', '--topic', topic],
      exit: 1,
      cause: `could not create topic ${topic}: the topic exists already;`,
      remedy: 'choose another name, or alter the topic',
      unchanged: () => topicsOf(kafka.bootstrapServers, [topic]),
    })
    expect(stdout).toBe(`Error while executing topic command : Topic '${topic}' already exists.\n`)
  })

  stackTest.concurrent('alter, fewer partitions', async ({ kafka }) => {
    const topic = unique('java')
    await createTopics(kafka.bootstrapServers, [topic], 3)
    const { stdout } = await expectUnhappy({
      app: 'topic-admin',
      args: ['--bootstrap-server', kafka.bootstrapServers, '--alter', '--topic', topic, '--partitions', '1'],
      exit: 1,
      cause: `could not give topic ${topic} 1 partitions: the partition count is not possible;`,
      remedy: 'give at least 1, and more than the topic has now: partitions are never taken away',
      unchanged: () => topicsOf(kafka.bootstrapServers, [topic]),
    })
    expect(stdout).toBe(
      `Error while executing topic command : The topic ${topic} currently has 3 partition(s); 1 would not be an increase.\n`,
    )
  })

  stackTest.concurrent('a client.properties file that is not there', async ({ kafka }) => {
    await expectUnhappy({
      app: 'topic-admin',
      args: ['--bootstrap-server', kafka.bootstrapServers, '--command-config', 'none.properties', '--list'],
      exit: 1,
      cause: 'cannot read the client properties from none.properties:',
      remedy: 'there is no such file, correct the path',
    })
  })

  stackTest.concurrent.for([
    ['an unknown flag', ['--list', '--nonsense'], '', 'nonsense is not a recognized option\n'],
    [
      'a topic that does not exist',
      ['--describe', '--topic', 'TOPICx'],
      "Error while executing topic command : Topic 'TOPICx' does not exist as expected\n",
      '',
    ],
  ] as const)('%s', async ([, args, stdout, stderr], { kafka }) => {
    const topic = unique('java')
    await createTopics(kafka.bootstrapServers, [topic], 3)
    const filled = (text: string): string => text.replaceAll('TOPIC', topic)
    const run = await runApp('topic-admin', [
      '--bootstrap-server',
      kafka.bootstrapServers,
      ...args.map(filled),
    ])
    expect(run).toMatchObject({ exit: 1, stdout: filled(stdout), stderr: filled(stderr) })
  })
})
