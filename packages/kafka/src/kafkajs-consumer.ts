/** The kafkajs consumer of a session: its options, and its data turned into ours and back. */

import {
  type Batch,
  type Consumer,
  type ConsumerConfig,
  type KafkaMessage,
  type OffsetsByTopicPartition,
} from 'kafkajs'
import { type KafkaConnection } from './connection.ts'
import { kafkaOf } from './kafka-client.ts'
import { type Fetched, FetchedPartition, readPartition } from './record-batch/fetched-partition.ts'
import {
  type ConsumerOptions,
  type FetchedRecord,
  type RecordCursor,
  type RecordHeader,
  type TopicPartition,
  type TopicPartitionOffset,
} from './record-consumer.ts'
import { ListCursor } from './record-cursor.ts'

/** About 25 s of kafkajs's own retries. */
const consumerRetries = 8
const defaultMaxWaitMs = 250
/**
 * kafkajs decodes a whole answer before it hands out the first batch, and asks for the next one only after the last.
 * Smaller answers mean more waiting; larger ones outgrow the young generation of the engine's memory, which costs more
 * than it saves (see bench/RESULTS.md). The order of partitions in a request is drawn: a cap on the answer starves none.
 */
const defaultMaxBytesPerPartition = 512 * 1024
const maxAnswerBytes = 3 * defaultMaxBytesPerPartition

/** kafkajs has it and its types do not. */
export type FetchedFrom = { readonly fetchedOffset: string }

/** What the patch adds: a reader of its own for what was fetched, and kafkajs's decoder where that gives nothing. */
type Options = ConsumerConfig & {
  readonly createBatch: (fetched: Fetched) => Promise<FetchedPartition | undefined>
}

/** A kafkajs consumer that is not connected yet. Never creates topics, reads committed records only. */
export function consumerOf(connection: KafkaConnection, options: ConsumerOptions): Consumer {
  const sessionTimeout = options.sessionTimeoutMs ?? 30_000
  const maxBytesPerPartition = options.maxBytesPerPartition ?? defaultMaxBytesPerPartition
  const config: Options = {
    groupId: options.groupId,
    allowAutoTopicCreation: false,
    readUncommitted: false,
    sessionTimeout,
    heartbeatInterval: options.heartbeatIntervalMs ?? Math.min(3_000, Math.floor(sessionTimeout / 3)),
    rebalanceTimeout: options.rebalanceTimeoutMs ?? 60_000,
    maxBytesPerPartition,
    maxBytes: Math.max(maxBytesPerPartition, maxAnswerBytes),
    // Leaving waits for the fetch under way (K18).
    maxWaitTimeInMs: Math.min(options.maxWaitMs ?? defaultMaxWaitMs, 500),
    createBatch: readPartition,
  }
  return kafkaOf(connection, { retries: consumerRetries }).consumer(config)
}

/** The offset that the fetch of this batch asked for. */
export function fetchedOffsetOf(batch: Batch & Partial<FetchedFrom>): bigint | undefined {
  return batch.fetchedOffset === undefined ? undefined : BigInt(batch.fetchedOffset)
}

/** The records of a batch, once. */
export function recordsOf(batch: Batch): RecordCursor {
  return batch instanceof FetchedPartition ? batch.records() : new ListCursor(batch.messages, recordOf)
}

/** A record as kafkajs decoded it; nothing of its key and value is copied. */
function recordOf(message: KafkaMessage): FetchedRecord {
  return {
    offset: BigInt(message.offset),
    timestamp: BigInt(message.timestamp),
    key: message.key,
    value: message.value,
    headers: Object.entries(message.headers ?? {}).flatMap(([name, value]) => headersOf(name, value)),
  }
}

function headersOf(name: string, value: Buffer | string | (Buffer | string)[] | undefined): RecordHeader[] {
  const values = Array.isArray(value) ? value : [value]
  return values.map((one) => ({ name, value: one === undefined ? null : Buffer.from(one) }))
}

/** The assignment of a GROUP_JOIN event, flat. */
export function partitionsOf(assignment: Readonly<Record<string, number[]>>): TopicPartition[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}

/** Offsets in the shape of a commit. */
export function offsetsByTopic(offsets: readonly TopicPartitionOffset[]): OffsetsByTopicPartition {
  const topics = Map.groupBy(offsets, ({ topic }) => topic)
  return {
    topics: [...topics].map(([topic, partitions]) => ({
      topic,
      partitions: partitions.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    })),
  }
}
