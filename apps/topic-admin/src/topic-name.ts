/** Kafka's rules for the names of topics (`org.apache.kafka.common.internals.Topic`). */

const internalTopics: ReadonlySet<string> = new Set([
  '__consumer_offsets',
  '__transaction_state',
  '__share_group_state',
])

/** Topics of the brokers themselves. */
export function isInternal(topic: string): boolean {
  return internalTopics.has(topic)
}

/**
 * Names that pinpipe's own commands keep their hands off: internal topics, and by convention all that begin with two
 * underscores (MSK has `__amazon_msk_canary`).
 */
export function isReserved(topic: string): boolean {
  return topic.startsWith('__')
}

/** Why Kafka would not take the name, or `undefined`. The sentence follows the name. */
export function nameProblem(topic: string): string | undefined {
  if (topic === '') return 'is empty'
  if (topic === '.' || topic === '..') return 'is not allowed as a topic name'
  if (topic.length > 249) return `has ${topic.length} characters: 249 are allowed`
  if (!/^[A-Za-z0-9._-]+$/.test(topic)) return 'may hold only letters, digits, ., _ and -'
  return undefined
}

/** Whether the name takes part in the ambiguity of metric names: there `.` becomes `_`. */
export function hasCollisionCharacters(topic: string): boolean {
  return topic.includes('.') || topic.includes('_')
}

/** A key that is equal for names that collide, such as `a.b` and `a_b`: Kafka refuses the second of them. */
export function collisionKey(topic: string): string {
  return topic.replaceAll('.', '_')
}
