/** The tab-separated lines of `kafka-topics.sh --describe`. Pure: text from what was read. */
import type { ConfigEntry, TopicDescription } from '@pinpipe/kafka/read-only-admin'
import type { PartitionReport } from './kafka-topics-request.ts'

type Partition = TopicDescription['partitions'][number]

export type DescribeOptions = {
  /** Empty: the topic's line and all of its partitions. Otherwise only partitions that are in one of the reports. */
  readonly reports: ReadonlySet<PartitionReport>
  /** Only the topic's line, and only with a config that is not Kafka's own default. */
  readonly overridesOnly: boolean
  /** Node ids of the brokers that are up. */
  readonly liveBrokers: ReadonlySet<number>
}

/** The lines of one topic, without line ends. */
export function describeLines(
  topic: TopicDescription,
  configs: readonly ConfigEntry[],
  options: DescribeOptions,
): readonly string[] {
  const lines: string[] = []
  const notDefault = configs.filter((config) => config.source !== 'default')
  if (options.reports.size === 0 && (!options.overridesOnly || notDefault.length > 0)) {
    lines.push(topicLine(topic, notDefault))
  }
  if (!options.overridesOnly) {
    const minIsr = Number(configs.find((config) => config.name === 'min.insync.replicas')?.value ?? 1)
    for (const partition of topic.partitions.toSorted((a, b) => a.partition - b.partition)) {
      if (isReported(partition, minIsr, options)) lines.push(partitionLine(topic.topic, partition))
    }
  }
  return lines
}

function topicLine(topic: TopicDescription, notDefault: readonly ConfigEntry[]): string {
  return [
    `Topic: ${topic.topic}`,
    ...(topic.topicId === undefined ? [] : [`TopicId: ${topic.topicId}`]),
    `PartitionCount: ${topic.partitions.length}`,
    `ReplicationFactor: ${topic.partitions[0]?.replicas.length ?? 0}`,
    `Configs: ${notDefault.map((config) => `${config.name}=${config.value ?? 'null'}`).join(',')}`,
  ].join('\t')
}

function partitionLine(topic: string, partition: Partition): string {
  return [
    '',
    `Topic: ${topic}`,
    `Partition: ${partition.partition}`,
    `Leader: ${partition.leader < 0 ? 'none' : partition.leader}`,
    `Replicas: ${partition.replicas.join(',')}`,
    `Isr: ${partition.isr.join(',')}`,
    `Elr: ${eligibleReplicas(partition, 'elr')}`,
    `LastKnownElr: ${eligibleReplicas(partition, 'lastKnownElr')}`,
  ].join('\t')
}

/** KIP-966: brokers that do not tell their eligible leader replicas (before 3.8) are `N/A`. */
function eligibleReplicas(
  partition: Partition & { readonly elr?: unknown; readonly lastKnownElr?: unknown },
  key: 'elr' | 'lastKnownElr',
): string {
  const replicas = partition[key]
  return Array.isArray(replicas) ? replicas.join(',') : 'N/A'
}

function isReported(partition: Partition, minIsr: number, options: DescribeOptions): boolean {
  const { reports, liveBrokers } = options
  if (reports.size === 0) return true
  const inSync = partition.isr.length
  const hasLeader = partition.leader >= 0
  return (
    (reports.has('under-replicated') && partition.replicas.length > inSync) ||
    (reports.has('unavailable') && !(hasLeader && liveBrokers.has(partition.leader))) ||
    (reports.has('under-min-isr') && (!hasLeader || inSync < minIsr)) ||
    (reports.has('at-min-isr') && inSync === minIsr)
  )
}
