import type { TopicPartition } from '@pinpipe/kafka/record-consumer'

/** A partition as a key of maps, in the form the consumer port uses: `topic/0`. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
