/**
 * What pinpipe's own commands refuse, and how they end, on a cluster in memory.
 * One table, so that a missing case is seen: that is why the file is longer than others.
 */
import { KafkaError } from '@pinpipe/kafka/errors'
import { describe, expect, test } from 'vitest'
import { FakeCluster, runOn } from './topics-test-helpers.ts'

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
