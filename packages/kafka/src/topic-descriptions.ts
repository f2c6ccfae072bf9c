/**
 * Describes topics with what the broker offers: eligible leader replicas, else topic ids, else what kafkajs knows.
 * A partition without a leader is part of the answer, not an error: that is when somebody asks.
 */

import { type KafkaConnection } from './connection.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { type RawBroker } from './kafkajs-admin.ts'
import { type TopicDescription } from './read-only-admin.ts'
import { type TopicCursor, describeTopicPartitions } from './wire/describe-topic-partitions.ts'
import { metadata } from './wire/metadata.ts'
import { type PartitionAnswer, type TopicAnswer } from './wire/wire-api.ts'

/** The errors of a topic in these APIs, as `protocol-errors.ts` names them. */
const errorTypes: Readonly<Record<number, string>> = {
  17: 'INVALID_TOPIC_EXCEPTION',
  29: 'TOPIC_AUTHORIZATION_FAILED',
}
const unknownTopicCode = 3

/** Asks one broker. @param topics without repetition, at least one */
export async function askForTopics(
  broker: RawBroker,
  topics: readonly string[],
): Promise<readonly TopicAnswer[]> {
  if (broker.speaks(describeTopicPartitions)) return await askPageByPage(broker, topics)
  if (broker.speaks(metadata)) return (await broker.send(metadata, { topics })).topics
  return await broker.topicsByKafkajs(topics)
}

/** A topic that does not fit into one answer goes on in the next. */
async function askPageByPage(broker: RawBroker, topics: readonly string[]): Promise<readonly TopicAnswer[]> {
  const found = new Map<string, TopicAnswer>()
  let from: TopicCursor | undefined
  do {
    const answer = await broker.send(describeTopicPartitions, { topics, from })
    for (const part of answer.topics) {
      const partitions = [...(found.get(part.topic)?.partitions ?? []), ...part.partitions]
      found.set(part.topic, { ...part, partitions })
    }
    from = answer.next
  } while (from !== undefined)
  return [...found.values()]
}

/** In the order of `topics`. @throws {KafkaError} for the first that the broker does not describe */
export function descriptionsOf(
  answers: readonly TopicAnswer[],
  topics: readonly string[],
  connection: KafkaConnection,
): readonly TopicDescription[] {
  const byName = new Map(answers.map((answer) => [answer.topic, answer]))
  return topics.map((topic) => {
    const answer = byName.get(topic)
    if (answer === undefined || answer.errorCode === unknownTopicCode) throw unknownTopic(topic)
    if (answer.errorCode !== 0) throw refused(answer, connection)
    const { topicId, internal, partitions } = answer
    return {
      topic,
      ...(topicId === undefined ? {} : { topicId }),
      internal,
      partitions: partitions.map(partitionOf).toSorted((a, b) => a.partition - b.partition),
    }
  })
}

function partitionOf({ elr, lastKnownElr, ...partition }: PartitionAnswer) {
  return {
    ...partition,
    ...(elr === undefined ? {} : { elr }),
    ...(lastKnownElr === undefined ? {} : { lastKnownElr }),
  }
}

function unknownTopic(topic: string): KafkaError {
  return new KafkaError('UNKNOWN_TOPIC', `there is no topic ${topic}; create it first, or correct its name`)
}

function refused({ errorCode, topic }: TopicAnswer, connection: KafkaConnection): KafkaError {
  const type = errorTypes[errorCode] ?? `error ${errorCode}`
  const { key: apiKey } = metadata
  return kafkaErrorOf(Object.assign(new Error(type), { type, apiKey }), `describe topic ${topic}`, connection)
}
