/** pinpipe's own commands on a cluster in memory: what they do, what they refuse, how they end. */
import { KafkaError } from '@pinpipe/kafka/errors'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { FakeCluster, runOn, runOnTerminal } from './topics-test-helpers.ts'

describe('unhappy paths', () => {
  type Case = {
    name: string
    argv: readonly string[]
    code: number
    says: string
    env?: Record<string, string>
  }
  const cases: readonly Case[] = [
    { name: 'no command', argv: [], code: 64, says: 'list, describe, create, alter, delete, apply' },
    {
      name: 'an unknown command',
      argv: ['lsit'],
      code: 64,
      says: 'the commands are list, describe, create, alter, delete, apply',
    },
    { name: 'a command of later', argv: ['doctor'], code: 64, says: 'unknown command "doctor"' },
    { name: 'an unknown flag', argv: ['list', '--fast'], code: 64, says: 'unknown flag --fast' },
    {
      name: 'an unknown variable',
      argv: ['list'],
      env: { PINPIPE_FAST: '1' },
      code: 64,
      says: 'PINPIPE_FAST',
    },
    { name: 'an unknown output', argv: ['list', '-o', 'xml'], code: 64, says: 'table, json, yaml, names' },
    {
      name: 'a broken expression',
      argv: ['list', '--match', '['],
      code: 64,
      says: 'is not a regular expression',
    },
    {
      name: 'a password as a flag',
      argv: ['list', '--password', 'hunter2'],
      code: 64,
      says: 'KAFKA_PASSWORD',
    },
    { name: 'create without a name', argv: ['create'], code: 64, says: 'no topic is named' },
    {
      name: 'create with a bad name',
      argv: ['create', 'a/b'],
      code: 64,
      says: '"a/b" may hold only letters',
    },
    { name: 'create with a long name', argv: ['create', 'x'.repeat(250)], code: 64, says: '249 are allowed' },
    { name: 'create a name twice', argv: ['create', 'a', 'a'], code: 64, says: 'is given twice' },
    {
      name: 'create with 0 partitions',
      argv: ['create', 'a', '--partitions', '0'],
      code: 64,
      says: '--partitions',
    },
    {
      name: 'create with a config without a name',
      argv: ['create', 'a', '--config', '=1'],
      code: 64,
      says: 'has no name',
    },
    {
      name: 'create with a bad duration',
      argv: ['create', 'a', '--config', 'retention.ms=soon'],
      code: 64,
      says: 'retention.ms is not a duration',
    },
    {
      name: 'create with a bad size',
      argv: ['create', 'a', '--config', 'segment.bytes=64K'],
      code: 64,
      says: 'segment.bytes is not a size',
    },
    {
      name: 'create with a config twice',
      argv: ['create', 'a', '--config', 'x=1', '--config', 'x=2'],
      code: 64,
      says: 'x is given twice',
    },
    { name: 'create an internal topic', argv: ['create', '__x'], code: 3, says: 'belong to the brokers' },
    {
      name: 'create a topic that collides',
      argv: ['create', 'p_pin'],
      code: 3,
      says: 'would collide with p.pin',
    },
    {
      name: 'create topics that collide with each other',
      argv: ['create', 'n.x', 'n_x'],
      code: 3,
      says: 'would collide',
    },
    {
      name: 'create a topic that exists',
      argv: ['create', 'p.pin'],
      code: 1,
      says: 'p.pin: it exists already',
    },
    {
      name: 'describe a missing topic',
      argv: ['describe', 'nope'],
      code: 1,
      says: 'nope: there is no topic nope',
    },
    { name: 'alter without a number', argv: ['alter', 'audit'], code: 64, says: '--partitions' },
    { name: 'alter a missing topic', argv: ['alter', 'nope', '--partitions', '4'], code: 1, says: 'nope' },
    {
      name: 'alter to fewer',
      argv: ['alter', 'audit', '--partitions', '2'],
      code: 3,
      says: 'cannot go down to 2',
    },
    {
      name: 'alter a keyed topic',
      argv: ['alter', 'p.pin', '--partitions', '4'],
      code: 3,
      says: '--allow-keyed-partition-increase',
    },
    {
      name: 'alter an internal topic',
      argv: ['alter', '__consumer_offsets', '--partitions', '4'],
      code: 3,
      says: 'belong to the brokers',
    },
    {
      name: 'delete without confirmation',
      argv: ['delete', 'audit'],
      code: 3,
      says: '--yes --confirm-name audit',
    },
    {
      name: 'delete with --yes alone',
      argv: ['delete', 'audit', '--yes'],
      code: 3,
      says: '--confirm-name audit',
    },
    {
      name: 'delete with another name',
      argv: ['delete', 'audit', '--yes', '--confirm-name', 'p.pin'],
      code: 3,
      says: '--confirm-name audit',
    },
    {
      name: 'delete with one name too many',
      argv: ['delete', 'audit', '--yes', '--confirm-name', 'audit,p.pin'],
      code: 3,
      says: '--confirm-name audit',
    },
    {
      name: 'delete a missing topic',
      argv: ['delete', 'nope', '--yes', '--confirm-name', 'nope'],
      code: 1,
      says: 'there is no such topic',
    },
    {
      name: 'delete an internal topic',
      argv: ['delete', '__consumer_offsets', '--yes', '--confirm-name', '__consumer_offsets'],
      code: 3,
      says: 'belong to the brokers',
    },
    { name: 'apply without a prefix', argv: ['apply', '--yes'], code: 64, says: '--topic-prefix' },
    {
      name: 'apply with an empty prefix',
      argv: ['apply', '--yes', '--topic-prefix', ''],
      code: 64,
      says: '--topic-prefix is empty',
    },
    {
      name: 'apply with a bad prefix',
      argv: ['apply', '--yes', '--topic-prefix', 'a b'],
      code: 64,
      says: 'letters, digits, _ and -',
    },
    {
      name: 'apply without confirmation',
      argv: ['apply', '--topic-prefix', 'p'],
      code: 3,
      says: 'pass --yes',
    },
    {
      name: 'apply with fewer partitions',
      argv: ['apply', '--topic-prefix', 'p', '--partitions', '2', '--yes'],
      code: 3,
      says: 'p.pin: it has 3 partitions',
    },
    {
      name: 'apply with more partitions',
      argv: ['apply', '--topic-prefix', 'p', '--partitions', '4', '--yes'],
      code: 3,
      says: '--allow-keyed-partition-increase',
    },
    {
      name: 'apply with another replication factor',
      argv: ['apply', '--topic-prefix', 'p', '--replication-factor', '3', '--yes'],
      code: 3,
      says: 'its replication factor is 1, not 3',
    },
    {
      name: 'apply with an internal prefix',
      argv: ['apply', '--topic-prefix', '__p', '--yes'],
      code: 3,
      says: 'belong to the brokers',
    },
    {
      name: 'apply with a prefix that collides',
      argv: ['apply', '--topic-prefix', 'c', '--yes'],
      code: 3,
      says: 'collides with c_geo',
    },
  ]
  test.each(cases)(
    '$name: exit $code, a sentence, and nothing changed',
    async ({ argv, code, says, env = {} }) => {
      const cluster = new FakeCluster({ 'p.pin': {}, audit: {}, c_geo: {}, __consumer_offsets: {} })
      const ran = await runOn(cluster, argv, env)
      expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code, stderr: expect.stringContaining(says) })
      expect(ran.stderr).not.toMatch(/hunter2|^\s+at /m)
      expect(cluster.changes).toEqual([])
      expect(cluster.open).toBe(0)
    },
  )

  test.each([
    { code: 'UNREACHABLE', exit: 5 },
    { code: 'AUTHENTICATION_FAILED', exit: 4 },
    { code: 'AUTHORIZATION_FAILED', exit: 4 },
    { code: 'INVALID_CONFIG', exit: 1 },
  ] as const)('what the cluster answers becomes the exit code: $code → $exit', async ({ code, exit }) => {
    const cluster = new FakeCluster()
    cluster.failures.set('a', new KafkaError(code, 'could not create topic a: because; do this'))
    const ran = await runOn(cluster, ['create', 'a'])
    expect(ran).toEqual({
      code: exit,
      stdout: '',
      stderr: 'topics: a: could not create topic a: because; do this\n',
    })
  })

  test('a cluster that cannot be reached is one sentence', async () => {
    const cluster = new FakeCluster()
    cluster.failures.set(
      'open',
      new KafkaError('UNREACHABLE', 'could not connect to Kafka: memory:9092 is down; start it'),
    )
    const ran = await runOn(cluster, ['list'])
    expect(ran.code).toBe(5)
    expect(ran.stderr).toBe('topics: could not connect to Kafka: memory:9092 is down; start it\n')
  })
})

describe('create, alter, delete', () => {
  test('what fails is listed, the others are done, and the exit code is 1', async () => {
    const cluster = new FakeCluster()
    cluster.failures.set('b', new KafkaError('INVALID_CONFIG', 'could not create topic b'))
    const ran = await runOn(cluster, ['create', 'a', 'b', 'c', '-o', 'json'])
    expect(cluster.changes).toEqual(['create a', 'create c'])
    expect({ ...ran, stdout: JSON.parse(ran.stdout) as unknown }).toEqual({
      code: 1,
      stderr: 'topics: b: could not create topic b\n',
      stdout: {
        version: 1,
        dryRun: false,
        created: ['a', 'c'],
        kept: [],
        failures: [{ topic: 'b', reason: 'could not create topic b' }],
      },
    })
  })

  test('after the connection is gone the rest is not tried', async () => {
    const cluster = new FakeCluster()
    cluster.failures.set('b', new KafkaError('UNREACHABLE', 'gone'))
    const ran = await runOn(cluster, ['create', 'a', 'b', 'c'])
    expect(cluster.changes).toEqual(['create a'])
    expect(ran).toEqual({
      code: 1,
      stdout: 'Created topic a.\n',
      stderr: 'topics: b: gone\ntopics: c: not tried\n',
    })
  })

  test('configs take durations and sizes', async () => {
    const cluster = new FakeCluster()
    const argv = [
      'create',
      'a',
      '--partitions',
      '2',
      '--config',
      'retention.ms=7d',
      '--config',
      'segment.bytes=64MiB',
    ]
    expect(
      await runOn(cluster, [...argv, '--config', 'cleanup.policy=compact', '--config', 'retention.bytes=-1']),
    ).toMatchObject({ code: 0 })
    expect(cluster.topics.get('a')).toEqual({
      partitions: 2,
      replicationFactor: 1,
      configs: {
        'cleanup.policy': 'compact',
        'retention.bytes': '-1',
        'retention.ms': '604800000',
        'segment.bytes': '67108864',
      },
    })
  })

  test('--if-not-exists and --if-exists make a difference of state no failure', async () => {
    const cluster = new FakeCluster({ a: {} })
    expect(await runOn(cluster, ['create', 'a', '--if-not-exists'])).toMatchObject({
      code: 0,
      stdout: 'Topic a exists already.\n',
    })
    expect(await runOn(cluster, ['alter', 'b', '--partitions', '9', '--if-exists'])).toMatchObject({
      code: 0,
    })
    expect(
      await runOn(cluster, ['delete', 'b', '--if-exists', '--yes', '--confirm-name', 'b']),
    ).toMatchObject({ code: 0 })
    expect(cluster.changes).toEqual([])
  })

  test('alter adds partitions, to a keyed topic only when that is allowed', async () => {
    const cluster = new FakeCluster({ audit: {}, 'p.pin': {} })
    expect(await runOn(cluster, ['alter', 'audit', '--partitions', '4'])).toMatchObject({
      code: 0,
      stdout: 'Topic audit went from 3 to 4 partitions.\n',
    })
    expect(await runOn(cluster, ['alter', 'audit', '--partitions', '4'])).toMatchObject({ code: 0 })
    const keyed = ['alter', 'p.pin', '--partitions', '5', '--allow-keyed-partition-increase']
    expect(await runOn(cluster, keyed)).toMatchObject({ code: 0 })
    expect(cluster.changes).toEqual(['grow audit to 4', 'grow p.pin to 5'])
  })

  test('delete goes on when every name was given twice', async () => {
    const cluster = new FakeCluster({ a: {}, b: {} })
    const ran = await runOn(cluster, [
      'delete',
      'a',
      'b',
      '--yes',
      '--confirm-name',
      'b',
      '--confirm-name',
      'a',
      '-o',
      'names',
    ])
    expect(ran).toEqual({ code: 0, stdout: 'a\nb\n', stderr: '' })
    expect(cluster.changes).toEqual(['delete a', 'delete b'])
  })

  test.each([
    { typed: ['a'], code: 0, changes: ['delete a'] },
    { typed: ['yes'], code: 3, changes: [] },
    { typed: [], code: 3, changes: [] },
  ])('delete on a terminal wants the name: $typed', async ({ typed, code, changes }) => {
    const cluster = new FakeCluster({ a: {} })
    const ran = await runOnTerminal(cluster, ['delete', 'a'], typed)
    expect(ran.code).toBe(code)
    expect(ran.stderr).toContain('Type its name to go on')
    expect(cluster.changes).toEqual(changes)
  })

  test.each([
    ['create', 'new'],
    ['alter', 'a', '--partitions', '9'],
    ['delete', 'a'],
    ['apply', '--topic-prefix', 'p'],
  ])('%s --dry-run never opens a client that can write', async (...argv) => {
    const cluster = new FakeCluster({ a: {} })
    expect(await runOn(cluster, [...argv, '--dry-run'])).toMatchObject({ code: 0, stderr: '' })
    expect({ writers: cluster.writers, changes: cluster.changes }).toEqual({ writers: 0, changes: [] })
  })
})

const smallCluster = (): FakeCluster =>
  new FakeCluster({
    'p.pin': { configs: { 'retention.ms': '1' } },
    logs: { partitions: 1 },
    __consumer_offsets: {},
  })

describe('list and describe', () => {
  test('list writes a table, names, JSON and YAML', async () => {
    expect((await runOn(smallCluster(), ['list', '--exclude-internal'])).stdout).toBe(
      'TOPIC  PARTITIONS  REPLICATION  UNDER-REPLICATED\nlogs   1           1            0\np.pin  3           1            0\n',
    )
    expect((await runOn(smallCluster(), ['list', '--match', '^p', '-o', 'names'])).stdout).toBe('p.pin\n')
    expect((await runOn(smallCluster(), ['list', '--topic-prefix', 'p', '-o', 'names'])).stdout).toBe(
      'p.pin\n',
    )
    const json: unknown = JSON.parse((await runOn(smallCluster(), ['list', '-o', 'json'])).stdout)
    expect(parse((await runOn(smallCluster(), ['list', '-o', 'yaml'])).stdout)).toEqual(json)
    expect(json).toMatchObject({
      version: 1,
      topics: [{ topic: '__consumer_offsets', internal: true }, {}, {}],
    })
  })

  test('describe shows what is set, and everything when asked', async () => {
    const ran = await runOn(smallCluster(), ['describe', 'logs', 'p.pin'])
    expect(ran.stdout).toBe(
      [
        'logs: 1 partition, replication factor 1',
        '  PARTITION  LEADER  REPLICAS  IN SYNC',
        '  0          1       1         1',
        '',
        'p.pin: 3 partitions, replication factor 1, rows of pinterest_data',
        '  retention.ms = 1 (set here)',
        '  PARTITION  LEADER  REPLICAS  IN SYNC',
        ...[0, 1, 2].map((partition) => `  ${partition}          1       1         1`),
        '',
      ].join('\n'),
    )
    const all = await runOn(smallCluster(), ['describe', 'logs', '--all-configs'])
    expect(all.stdout).toContain('retention.ms = 604800000 (from default)')
  })

  test('a missing topic does not hide the others', async () => {
    const ran = await runOn(smallCluster(), ['describe', 'nope', 'logs', '-o', 'json'])
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      topics: [{ topic: 'logs' }],
      failures: [{ topic: 'nope' }],
    })
  })
})

describe('apply', () => {
  test('creates what is missing, and has nothing to do the second time', async () => {
    const cluster = new FakeCluster({ 'p.geo': {} })
    const argv = ['apply', '--topic-prefix', 'p', '--partitions', '3', '--config', 'retention.ms=7d', '--yes']
    const first = await runOn(cluster, argv)
    expect(first).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'TOPIC   ACTION  DETAIL',
        'p.geo   keep',
        "p.pin   create  3 partitions, brokers' replication factor, retention.ms=604800000",
        "p.user  create  3 partitions, brokers' replication factor, retention.ms=604800000",
        '2 to do, 1 to keep.',
        'Done: p.pin',
        'Done: p.user',
        '',
      ].join('\n'),
    })
    expect(cluster.changes).toEqual(['create p.pin', 'create p.user'])
    const second = await runOn(cluster, argv)
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do.') as unknown })
    expect(cluster.changes).toHaveLength(2)
  })

  test('one refusal stops all of it', async () => {
    const cluster = new FakeCluster({ 'p.geo': { partitions: 5 } })
    const ran = await runOn(cluster, [
      'apply',
      '--topic-prefix',
      'p',
      '--partitions',
      '3',
      '--yes',
      '-o',
      'json',
    ])
    expect({ code: ran.code, changes: cluster.changes }).toEqual({ code: 3, changes: [] })
    expect(JSON.parse(ran.stdout)).toMatchObject({
      version: 1,
      plan: { actions: [{ topic: 'p.pin' }, { topic: 'p.user' }], refusals: [{ topic: 'p.geo' }] },
      applied: [],
    })
    expect(ran.stderr.trim().split('\n')).toHaveLength(1)
  })

  test('what an interruption left is completed by running it again', async () => {
    const cluster = new FakeCluster()
    cluster.failures.set('p.pin', new KafkaError('UNREACHABLE', 'gone'))
    const argv = ['apply', '--topic-prefix', 'p', '--yes', '-o', 'names']
    expect(await runOn(cluster, argv)).toMatchObject({ code: 1, stdout: 'p.geo\n' })
    cluster.failures.clear()
    expect(await runOn(cluster, argv)).toEqual({ code: 0, stdout: 'p.pin\np.user\n', stderr: '' })
  })

  test.each([
    { typed: ['yes'], code: 0, changes: 3 },
    { typed: ['y'], code: 3, changes: 0 },
    { typed: [], code: 3, changes: 0 },
  ])('asks on a terminal: $typed', async ({ typed, code, changes }) => {
    const cluster = new FakeCluster()
    const ran = await runOnTerminal(cluster, ['apply', '--topic-prefix', 'p'], typed)
    expect({ code: ran.code, changes: cluster.changes.length }).toEqual({ code, changes })
  })
})

describe('--help', () => {
  test.each(['list', 'describe', 'create', 'alter', 'delete', 'apply', 'kafka-topics'])(
    '%s explains itself',
    async (name) => {
      const ran = await runOn(new FakeCluster(), [name, '--help'])
      expect(ran.code).toBe(0)
      expect(ran.stdout).toContain('--brokers')
      expect(ran.stdout).toContain('Examples:')
    },
  )
})
