/** The sentences about topics that are not there. Apps other than topic-admin create none, so each names its command. */

/**
 * `the topic a.pin does not exist on b:9092; create it with topic-admin: topics create --brokers b:9092 a.pin`.
 * @param topics the missing ones, at least one; the name is `topics` from source and when topic-admin is deployed
 * @param place `topicPrefix` when they are the topics of the catalogue below a prefix
 */
export function missingTopicsSentence(
  topics: readonly string[],
  place: { readonly brokers: readonly string[]; readonly topicPrefix?: string | undefined },
): string {
  const isOne = topics.length === 1
  const which = isOne ? `the topic ${topics[0]} does` : `the topics ${topics.join(', ')} do`
  const command = place.topicPrefix === undefined ? 'create' : 'apply'
  const what = place.topicPrefix === undefined ? topics.join(' ') : `--topic-prefix ${place.topicPrefix}`
  const remedy = `correct the name, or create ${isOne ? 'it' : 'them'} with`
  return `${which} not exist on ${place.brokers.join(',')}: ${remedy} ${topicAdminCommand(command, place.brokers)} ${what}`
}

/** How a sentence of another app names a command of topic-admin: `topic-admin: topics list --brokers b:9092`. */
export function topicAdminCommand(command: 'list' | 'create' | 'apply', brokers: readonly string[]): string {
  return `topic-admin: topics ${command} --brokers ${brokers.join(',')}`
}
