/** pinpipe's own commands that only read, and their help, on a cluster in memory. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { FakeCluster, runOn } from './topics-test-helpers.ts'

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
        '  PARTITION  LEADER  REPLICAS  IN SYNC  OFFLINE',
        '  0          1       1         1',
        '',
        'p.pin: 3 partitions, replication factor 1, rows of pinterest_data',
        '  retention.ms = 1 (set here)',
        '  PARTITION  LEADER  REPLICAS  IN SYNC  OFFLINE',
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
