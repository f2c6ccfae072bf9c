/** Reading topics: descriptions and configs, with the topics that could not be read named one by one. */
import type { ConfigEntry, ReadOnlyAdmin, TopicDescription } from '@pinpipe/kafka/read-only-admin'
import type { ActualTopic } from './plan.ts'
import { type FailedTopic, forEachTopic } from './topic-work.ts'

export type Described = {
  readonly topics: readonly TopicDescription[]
  readonly failures: readonly FailedTopic[]
}

/** Descriptions of existing topics. One that is missing (or went away meanwhile) does not hide the others. */
export async function describeEach(
  admin: ReadOnlyAdmin,
  topics: readonly string[],
  drain: AbortSignal,
): Promise<Described> {
  const existing = new Set(await admin.listTopics())
  if (topics.every((topic) => existing.has(topic))) {
    try {
      return { topics: await admin.describeTopics(topics), failures: [] }
    } catch (error) {
      if (!isUnknownTopic(error)) throw error
    }
  }
  const found: TopicDescription[] = []
  const items = topics.map((topic) => ({ topic }))
  const { failures } = await forEachTopic(items, drain, async ({ topic }) => {
    found.push(...(await admin.describeTopics([topic])))
  })
  return { topics: found, failures }
}

/** All topics of the cluster as a plan sees them; configs are read only for those that it wishes for. */
export async function actualTopics(
  admin: ReadOnlyAdmin,
  wished: readonly string[],
  drain: AbortSignal,
): Promise<readonly ActualTopic[]> {
  const { topics } = await describeEach(admin, await admin.listTopics(), drain)
  const names = topics.map(({ topic }) => topic).filter((topic) => wished.includes(topic))
  const configs = await admin.topicConfigs(names)
  return topics.map((topic) => ({
    topic: topic.topic,
    partitions: topic.partitions.length,
    replicationFactor: replicationFactorOf(topic),
    configs: configValues(configs.get(topic.topic) ?? []),
  }))
}

/** Replicas of the first partition: all partitions have the same number unless a reassignment is under way. */
export function replicationFactorOf(topic: TopicDescription): number {
  return topic.partitions[0]?.replicas.length ?? 0
}

function configValues(entries: readonly ConfigEntry[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.flatMap(({ name, value }) => (value === null ? [] : [[name, value]])))
}

/** Structural, so that a cluster of a test can say it too. */
function isUnknownTopic(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UNKNOWN_TOPIC'
}
