import type { ConfigEntry, TopicDescription } from '@pinpipe/kafka/read-only-admin'
import { describe, expect, test } from 'vitest'
import { describeLines } from './describe-lines.ts'
import type { PartitionReport } from './kafka-topics-request.ts'

const config = (name: string, value: string, source: ConfigEntry['source']): ConfigEntry => ({
  name,
  value,
  source,
  sensitive: false,
  readOnly: false,
})
const configs = [config('min.insync.replicas', '2', 'default'), config('retention.ms', '1', 'topic')]

const topic: TopicDescription = {
  topic: 'p.pin',
  topicId: 'w8PJOn5uTP-dqdD0Max0Mw',
  internal: false,
  partitions: [
    { partition: 3, leader: 9, replicas: [9, 1, 2], isr: [9, 1, 2] },
    { partition: 0, leader: 1, replicas: [1, 2, 3], isr: [1, 2, 3] },
    { partition: 1, leader: 2, replicas: [2, 3, 1], isr: [2, 3] },
    { partition: 2, leader: -1, replicas: [3, 1, 2], isr: [] },
  ],
}

const lines = (reports: readonly PartitionReport[], overridesOnly = false, entries = configs) =>
  describeLines(topic, entries, { reports: new Set(reports), overridesOnly, liveBrokers: new Set([1, 2, 3]) })

describe('describeLines', () => {
  test('has a line for the topic and one for each partition, in order', () => {
    expect(lines([])).toEqual([
      'Topic: p.pin\tTopicId: w8PJOn5uTP-dqdD0Max0Mw\tPartitionCount: 4\tReplicationFactor: 3\tConfigs: retention.ms=1',
      '\tTopic: p.pin\tPartition: 0\tLeader: 1\tReplicas: 1,2,3\tIsr: 1,2,3\tElr: N/A\tLastKnownElr: N/A',
      '\tTopic: p.pin\tPartition: 1\tLeader: 2\tReplicas: 2,3,1\tIsr: 2,3\tElr: N/A\tLastKnownElr: N/A',
      '\tTopic: p.pin\tPartition: 2\tLeader: none\tReplicas: 3,1,2\tIsr: \tElr: N/A\tLastKnownElr: N/A',
      '\tTopic: p.pin\tPartition: 3\tLeader: 9\tReplicas: 9,1,2\tIsr: 9,1,2\tElr: N/A\tLastKnownElr: N/A',
    ])
  })

  test('shows eligible leader replicas when the broker tells them', () => {
    const partition = { partition: 0, leader: 1, replicas: [1], isr: [1], elr: [2, 3], lastKnownElr: [] }
    const described = { ...topic, partitions: [partition] }
    const [, line] = describeLines(described, [], {
      reports: new Set(),
      overridesOnly: false,
      liveBrokers: new Set([1]),
    })
    expect(line).toContain('\tElr: 2,3\tLastKnownElr: ')
  })

  test.each([
    { reports: ['under-replicated'], partitions: [1, 2] },
    { reports: ['unavailable'], partitions: [2, 3] },
    { reports: ['under-min-isr'], partitions: [2] },
    { reports: ['at-min-isr'], partitions: [1] },
    { reports: ['at-min-isr', 'unavailable'], partitions: [1, 2, 3] },
  ] as const)('$reports shows only partitions $partitions', ({ reports, partitions }) => {
    expect(lines(reports).map((line) => Number(/Partition: (\d+)/.exec(line)?.[1]))).toEqual(partitions)
  })

  test('--topics-with-overrides shows the topic alone, and only if something is set', () => {
    expect(lines([], true)).toHaveLength(1)
    expect(lines([], true, configs.slice(0, 1))).toEqual([])
  })
})
