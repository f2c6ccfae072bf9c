/** Which topics are consumed. They are resolved once, at the start: the consumer never creates one. */
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import { KafkaError } from '@pinpipe/kafka/errors'
import { missingTopicsSentence, topicAdminCommand } from '@pinpipe/kafka/missing-topics'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { Failure } from '@pinpipe/service/failure'

export type TopicChoice =
  | { readonly kind: 'list'; readonly topics: readonly string[] }
  | { readonly kind: 'regex'; readonly pattern: RegExp }
  | { readonly kind: 'prefix'; readonly prefix: string }

type Topics = Pick<ReadOnlyAdmin, 'listTopics' | 'describeTopics'>

/**
 * The names, sorted. `brokers` are named in sentences. Throws a Failure when a named topic does not exist, or when the
 * pattern fits none.
 */
export async function resolveTopics(
  choice: TopicChoice,
  admin: Topics,
  brokers: readonly string[],
): Promise<readonly string[]> {
  if (choice.kind === 'regex') return await topicsMatching(choice.pattern, admin, brokers)
  const wanted =
    choice.kind === 'list' ? choice.topics : catalogue.map((table) => topicOf(choice.prefix, table))
  const missing: string[] = []
  for (const topic of wanted) {
    try {
      await admin.describeTopics([topic])
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== 'UNKNOWN_TOPIC') throw error
      missing.push(topic)
    }
  }
  if (missing.length > 0) {
    const topicPrefix = choice.kind === 'prefix' ? choice.prefix : undefined
    throw new Failure(missingTopicsSentence(missing, { brokers, topicPrefix }))
  }
  return wanted.toSorted()
}

/** The topics whose whole name fits the pattern; internal ones (`__…`) never do. Throws a Failure when there is none. */
async function topicsMatching(
  pattern: RegExp,
  admin: Topics,
  brokers: readonly string[],
): Promise<readonly string[]> {
  const topics = await admin.listTopics()
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags)
  const matching = topics.filter((topic) => !topic.startsWith('__') && whole.test(topic)).toSorted()
  if (matching.length > 0) return matching
  throw new Failure(
    `no topic fits --topics-regex ${pattern.source} (the whole name has to): look at the names with ${topicAdminCommand('list', brokers)}`,
  )
}
