/** The tab-separated lines of `kafka-topics.sh --describe`. Pure: text from what was read. */
import type { ConfigEntry, TopicDescription } from '@pinpipe/kafka/read-only-admin'
import type { PartitionReport } from './kafka-topics-request.ts'

type Partition = TopicDescription['partitions'][number]

export type DescribeOptions = {
  /** Empty: the topic's line and all of its partitions. Otherwise only partitions that are in one of the reports. */
  readonly reports: ReadonlySet<PartitionReport>
  /** Only the topic's line, and only with a config that is not Kafka's own default. */
  readonly overridesOnly: boolean
  /** Asked for by this id: the Java tool then uses Metadata, which does not tell eligible leader replicas. */
  readonly topicId?: string
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
      if (isReported(partition, minIsr, options)) lines.push(partitionLine(topic.topic, partition, options))
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

function partitionLine(topic: string, partition: Partition, { topicId }: DescribeOptions): string {
  // KIP-966: brokers before 3.8 do not tell them.
  const eligible = (replicas: readonly number[] | undefined): string =>
    topicId === undefined && replicas !== undefined ? replicas.join(',') : 'N/A'
  return [
    '',
    `Topic: ${topic}`,
    `Partition: ${partition.partition}`,
    `Leader: ${partition.leader < 0 ? 'none' : partition.leader}`,
    `Replicas: ${partition.replicas.join(',')}`,
    `Isr: ${partition.isr.join(',')}`,
    `Elr: ${eligible(partition.elr)}`,
    `LastKnownElr: ${eligible(partition.lastKnownElr)}`,
  ].join('\t')
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
