/** DescribeTopicPartitions (API 75, KIP-966): topics with their eligible leader replicas, from Kafka 3.8 on. */

import { FlexibleReader } from './flexible-reader.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { type TopicAnswer, type WireApi } from './wire-api.ts'

/** Where the next answer goes on; the broker's word. */
export type TopicCursor = { readonly topic: string; readonly partition: number }

type Request = { readonly topics: readonly string[]; readonly from?: TopicCursor | undefined }
type Answer = { readonly topics: readonly TopicAnswer[]; readonly next?: TopicCursor | undefined }

/** What one answer holds at most; brokers lower it to their `max.request.partition.size.limit`. */
const partitionLimit = 2_000

export const describeTopicPartitions: WireApi<Request, Answer> = {
  name: 'DescribeTopicPartitions',
  key: 75,
  version: 0,

  encode({ topics, from }) {
    const writer = new FlexibleWriter().noTags()
    writer.list(topics, (topic) => writer.text(topic).noTags())
    writer.int32(partitionLimit)
    writer.optional(from, ({ topic, partition }) => writer.text(topic).int32(partition).noTags())
    return writer.noTags().bytes
  },

  decode(bytes) {
    const { boolean, int16, int32, list, optional, optionalList, skipTags, text, uuid } = new FlexibleReader(
      bytes,
    )
    skipTags()
    int32() // throttle time
    const topics = list(() => {
      const head = { errorCode: int16(), topic: text(), topicId: uuid(), internal: boolean() }
      const partitions = list(() => {
        int16() // error code
        const [partition, leader] = [int32(), int32()]
        int32() // leader epoch
        const read = {
          replicas: list(int32),
          isr: list(int32),
          elr: optionalList(int32),
          lastKnownElr: optionalList(int32),
          offline: list(int32),
        }
        skipTags()
        return { partition, leader, ...read }
      })
      int32() // authorized operations
      skipTags()
      return { ...head, partitions }
    })
    const next = optional(() => {
      const cursor = { topic: text(), partition: int32() }
      skipTags()
      return cursor
    })
    return { topics, next }
  },
}
