/** Metadata (API 3) in the version that tells topic ids (KIP-516), from Kafka 2.8 on: kafkajs ends at version 6. */

import { FlexibleReader } from './flexible-reader.ts'
import { FlexibleWriter } from './flexible-writer.ts'
import { type TopicAnswer, type WireApi } from './wire-api.ts'

type Request = { readonly topics: readonly string[] }
type Answer = { readonly topics: readonly TopicAnswer[] }

export const metadata: WireApi<Request, Answer> = {
  name: 'Metadata',
  key: 3,
  version: 11,

  encode({ topics }) {
    const writer = new FlexibleWriter().noTags()
    writer.list(topics, (topic) => writer.noUuid().text(topic).noTags())
    // Neither create topics nor tell what is allowed.
    return writer.boolean(false).boolean(false).noTags().bytes
  },

  decode(bytes) {
    const { boolean, int16, int32, list, skipTags, text, uuid } = new FlexibleReader(bytes)
    skipTags()
    int32() // throttle time
    list(() => {
      int32() // node id
      text() // host
      int32() // port
      text() // rack
      skipTags()
    })
    text() // cluster id
    int32() // controller id
    const topics = list(() => {
      const head = { errorCode: int16(), topic: text(), topicId: uuid(), internal: boolean() }
      const partitions = list(() => {
        int16() // error code
        const [partition, leader] = [int32(), int32()]
        int32() // leader epoch
        const read = { replicas: list(int32), isr: list(int32), offline: list(int32) }
        skipTags()
        return { partition, leader, ...read }
      })
      int32() // authorized operations
      skipTags()
      return { ...head, partitions }
    })
    return { topics }
  },
}
