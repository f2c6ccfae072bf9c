/** Which topics are consumed. They are resolved once, at the start: the consumer never creates one. */
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import { KafkaError } from '@pinpipe/kafka/errors'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { Failure } from '@pinpipe/service/failure'

export type TopicChoice =
  | { readonly kind: 'list'; readonly topics: readonly string[] }
  | { readonly kind: 'regex'; readonly pattern: RegExp }
  | { readonly kind: 'prefix'; readonly prefix: string }

type Topics = Pick<ReadOnlyAdmin, 'listTopics' | 'describeTopics'>

/** The names, sorted. Throws a Failure when a named topic does not exist, or when the pattern fits none. */
export async function resolveTopics(choice: TopicChoice, admin: Topics): Promise<readonly string[]> {
  if (choice.kind === 'regex') return topicsMatching(choice.pattern, await admin.listTopics())
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
  if (missing.length > 0) throw unknownTopics(missing, choice)
  return wanted.toSorted()
}

/** The topics whose whole name fits the pattern; internal ones (`__…`) never do. Throws a Failure when there is none. */
function topicsMatching(pattern: RegExp, topics: readonly string[]): readonly string[] {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags)
  const matching = topics.filter((topic) => !topic.startsWith('__') && whole.test(topic)).toSorted()
  if (matching.length > 0) return matching
  throw new Failure(
    `No topic fits --topics-regex ${pattern.source} (the whole name has to): look at their names with \`topics list\`.`,
  )
}

function unknownTopics(missing: readonly string[], choice: TopicChoice): Failure {
  const names = missing.length === 1 ? `topic ${missing[0]} does` : `topics ${missing.join(', ')} do`
  const remedy =
    choice.kind === 'prefix'
      ? `topics apply --topic-prefix ${choice.prefix}`
      : missing.map((topic) => `topics create --topic ${topic}`).join(' && ')
  return new Failure(
    `The ${names} not exist; the consumer creates none: create with \`${remedy}\`, or correct the name.`,
  )
}
