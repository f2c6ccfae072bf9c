/**
 * Reads spans of partitions' logs, beside every group: as a group of its own that has one member and commits nothing, so that
 * the brokers forget it when it leaves. Committed records only, as the sink read them.
 */
import { randomUUID } from 'node:crypto'
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import { openConsumer } from '@pinpipe/kafka/consumer'
import type { FetchedBatch, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { keyOf } from '../partition-key.ts'

export type LogSpan = TopicPartition & {
  readonly from: bigint
  /** Exclusive: nothing at or behind it has to be read. */
  readonly until: bigint
}

export type LogTaker = {
  /** The records at hand, from the span's start on. False: enough of this partition. */
  take(batch: FetchedBatch): Promise<boolean>
  /** No more records come below this offset. */
  passed(at: TopicPartition, nextOffset: bigint): Promise<void>
}

/** Resolves when every span is read, or the signal is aborted. Rejects with a KafkaError, or with what the taker threw. */
export async function readLogs(
  connection: KafkaConnection,
  spans: readonly LogSpan[],
  taker: LogTaker,
  signal: AbortSignal,
): Promise<void> {
  const left = new Map(spans.filter(({ from, until }) => from < until).map((span) => [keyOf(span), span]))
  const topics = [...new Set([...left.values()].map(({ topic }) => topic))]
  if (topics.length === 0) return
  await using consumer = await openConsumer(connection, { groupId: `pinpipe-verify-${randomUUID()}`, topics })
  const positions = new Map([...left].map(([key, { from }]) => [key, from]))
  const allRead = Promise.withResolvers<void>()
  const done = (at: TopicPartition): void => {
    left.delete(keyOf(at))
    consumer.pause([at])
    if (left.size === 0) allRead.resolve()
  }
  const moveTo = async (at: TopicPartition, nextOffset: bigint): Promise<void> => {
    const span = left.get(keyOf(at))
    if (span === undefined) return
    positions.set(keyOf(at), nextOffset)
    await taker.passed(at, nextOffset)
    if (nextOffset >= span.until) done(at)
  }
  const running = consumer.run({
    async assigned(partitions) {
      // Of the others nothing is read: they have to begin somewhere.
      consumer.pause(partitions.filter((at) => !left.has(keyOf(at))))
      return new Map(partitions.map((at) => [keyOf(at), positions.get(keyOf(at)) ?? 0n]))
    },
    revoked: () => Promise.resolve(),
    async batch(batch) {
      if (!left.has(keyOf(batch))) return
      const wantsMore = await taker.take(batch)
      await moveTo(batch, batch.lastOffset + 1n)
      if (!wantsMore && left.has(keyOf(batch))) done(batch)
    },
    skipped: ({ topic, partition, nextOffset }) => moveTo({ topic, partition }, nextOffset),
  })
  const stopped = (): void => allRead.resolve()
  signal.addEventListener('abort', stopped, { once: true })
  if (signal.aborted) stopped()
  await Promise.race([running, allRead.promise])
  signal.removeEventListener('abort', stopped)
}
