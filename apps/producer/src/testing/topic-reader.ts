import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { openConsumer } from '@pinpipe/kafka/consumer'
import type { RecordHeader } from '@pinpipe/kafka/record-consumer'
import { recordsOf } from '@pinpipe/kafka/record-cursor'
import { unique } from '@pinpipe/local-stack/stack-test'
import { type ReadRecord } from './stack-data.ts'

/** All records of a topic, in the order of each partition, read by our own consumer: with nothing but a broker. */
export async function readToEnd(brokers: string, topic: string): Promise<readonly ReadRecord[]> {
  const connection = { clientId: 'producer-test', brokers: brokers.split(','), tls: false } as const
  await using admin = await openReadOnlyAdmin(connection)
  const ends = new Map((await admin.watermarks(topic)).map(({ partition, high }) => [partition, high]))
  const unread = new Set([...ends].filter(([, high]) => high > 0n).map(([partition]) => partition))
  if (unread.size === 0) return []
  const records: ReadRecord[] = []
  const done = Promise.withResolvers<void>()
  await using consumer = await openConsumer(connection, { groupId: unique('reader'), topics: [topic] })
  const reading = consumer.run({
    assigned: () => Promise.resolve(),
    revoked: () => Promise.resolve(),
    batch({ partition, records: fetched, lastOffset }) {
      for (const { key, value, headers } of recordsOf(fetched))
        records.push({ partition, key: String(key), value: String(value), headers: asText(headers) })
      if (lastOffset + 1n >= (ends.get(partition) ?? 0n)) unread.delete(partition)
      if (unread.size === 0) done.resolve()
      return Promise.resolve()
    },
  })
  await Promise.race([done.promise, reading])
  await consumer.stop()
  await reading
  return records
}

function asText(headers: readonly RecordHeader[]): Record<string, string> {
  return Object.fromEntries(headers.map(({ name, value }) => [name, String(value)]))
}
