/**
 * What `kafka-topics.sh` does for a request, in its order and with its words on stdout (Kafka 4.1, TopicCommand).
 * One function for each action.
 */
import type { ClusterAdmin, NewTopic } from '@pinpipe/kafka/admin'
import { describeLines } from './describe-lines.ts'
import { describeOrder, hashMapOrder } from './hash-map-order.ts'
import { emptyAssignment, refusalOf } from './java-messages.ts'
import { TopicCommandError } from './kafka-topics-options.ts'
import type { KafkaTopicsRequest } from './kafka-topics-request.ts'
import { topicFilter } from './topic-filter.ts'
import { hasCollisionCharacters } from './topic-name.ts'

type Print = (text: string) => Promise<void>

const collisionWarning =
  "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.\n"

/**
 * Carries out the request.
 * @throws TopicCommandError with the Java tool's words, KafkaError for what happens on the way to the cluster
 */
export async function runKafkaTopics(
  request: KafkaTopicsRequest,
  admin: ClusterAdmin,
  print: Print,
): Promise<void> {
  for (const note of request.notes) await print(`${note}\n`)
  switch (request.action) {
    case 'list':
      await print(`${(await matching(request, admin)).join('\n')}\n`)
      return
    case 'describe':
      return await describe(request, admin, print)
    case 'create':
      return await create(request, admin, print)
    case 'alter':
      return await alter(request, admin)
    case 'delete': {
      const topics = await matching(request, admin)
      ensureExists(request, topics)
      if (topics.length > 0) await admin.deleteTopics(topics)
    }
  }
}

async function matching(request: KafkaTopicsRequest, admin: ClusterAdmin): Promise<readonly string[]> {
  const all = await admin.listTopics()
  return all.toSorted().filter(topicFilter(request.topic, request.excludeInternal))
}

function ensureExists(request: KafkaTopicsRequest, found: readonly string[]): void {
  const { topic } = request
  if (found.length > 0 || topic === undefined || topic === '' || request.ifExists) return
  throw new TopicCommandError(`Topic '${topic}' does not exist as expected`)
}

async function describe(request: KafkaTopicsRequest, admin: ClusterAdmin, print: Print): Promise<void> {
  const { topicId } = request
  const names = topicId === undefined ? await matching(request, admin) : await admin.listTopics()
  if (topicId === undefined) ensureExists(request, names)
  const all = await admin.describeTopics(describeOrder(names))
  const topics = topicId === undefined ? all : all.filter((topic) => topic.topicId === topicId)
  if (topicId !== undefined && topics.length === 0 && !request.ifExists) {
    throw new TopicCommandError(`TopicId '${topicId}' does not exist as expected`)
  }
  const configs = await admin.topicConfigs(topics.map(({ topic }) => topic))
  const { brokers } = await admin.cluster()
  const liveBrokers = new Set(brokers.map(({ nodeId }) => nodeId))
  for (const topic of topics) {
    const lines = describeLines(topic, configs.get(topic.topic) ?? [], { ...request, liveBrokers })
    await print(lines.map((line) => `${line}\n`).join(''))
  }
}

async function create(request: KafkaTopicsRequest, admin: ClusterAdmin, print: Print): Promise<void> {
  const { topic = '', partitions, replicationFactor, replicaAssignment, configs } = request
  if (hasCollisionCharacters(topic)) await print(collisionWarning)
  if (replicationFactor !== undefined && (replicationFactor < 1 || replicationFactor > 32_767)) {
    throw new TopicCommandError('The replication factor must be between 1 and 32767 inclusive')
  }
  if (partitions !== undefined && partitions < 1) {
    throw new TopicCommandError('The partitions must be greater than 0')
  }
  if (topic === '') {
    throw new TopicCommandError("The given topic name '' cannot be represented in a request.")
  }
  const created: NewTopic = {
    topic,
    ...(partitions === undefined ? {} : { partitions }),
    ...(replicationFactor === undefined ? {} : { replicationFactor }),
    ...(replicaAssignment === undefined ? {} : { replicaAssignment }),
    configs,
  }
  try {
    await admin.createTopics([created])
  } catch (error) {
    if (isTopicExists(error) && request.ifNotExists) return
    throw refusalOf(error)
  }
  await print(`Created topic ${topic}.\n`)
}

async function alter(request: KafkaTopicsRequest, admin: ClusterAdmin): Promise<void> {
  const topics = await matching(request, admin)
  ensureExists(request, topics)
  const { partitions: to = 0 } = request
  let first: TopicCommandError | undefined
  // The Java tool asks for all of them at once: one that is refused does not keep the others back.
  for (const { topic, partitions } of await admin.describeTopics(hashMapOrder(topics))) {
    const from = partitions.length
    const assignment = request.replicaAssignment?.slice(from)
    if (assignment?.length === 0 && to > from) {
      first ??= emptyAssignment(to - from)
      continue
    }
    try {
      await admin.createPartitions(topic, to, assignment)
    } catch (error) {
      first ??= refusalOf(error)
    }
  }
  if (first !== undefined) throw first
}

function isTopicExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'TOPIC_EXISTS'
}
