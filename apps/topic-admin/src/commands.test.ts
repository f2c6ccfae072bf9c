/** pinpipe's own commands that change topics, on a cluster in memory. */
import { KafkaError } from '@pinpipe/kafka/errors'
import { describe, expect, test } from 'vitest'
import { FakeCluster, runOn, runOnTerminal } from './topics-test-helpers.ts'

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
