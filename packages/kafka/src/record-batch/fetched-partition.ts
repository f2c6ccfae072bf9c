/**
 * What one fetch answered for one partition, in kafkajs's consumer: it takes the place of kafkajs's Batch, which makes an
 * object of each record (K19). kafkajs asks it whether there is something to deliver, and where the position moves to.
 */

import { type RecordCursor } from '../record-consumer.ts'
import { BatchCursor } from './batch-cursor.ts'
import { isRecordBatch } from './batch-header.ts'
import { type ReadBatches, readBatches } from './read-batches.ts'
import { type BatchRecords } from './record-view.ts'

/** A partition of kafkajs's fetch response. 64-bit numbers are text. */
type PartitionData = {
  readonly partition: number
  readonly highWatermark: string
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[]
  /** The bytes of the records; with Fetch before version 4, messages that are decoded already. */
  readonly messages: unknown
}

export type Fetched = {
  readonly topic: string
  readonly fetchedOffset: string
  readonly partitionData: PartitionData
}

/** Undefined for what has no batches of magic 2: an empty answer, or one from before Kafka 0.11. That is kafkajs's to read. */
export async function readPartition(fetched: Fetched): Promise<FetchedPartition | undefined> {
  const { messages, abortedTransactions = [] } = fetched.partitionData
  if (!Buffer.isBuffer(messages) || !isRecordBatch(messages)) return undefined
  const aborted = abortedTransactions.map(({ producerId, firstOffset }) => ({
    producerId: BigInt(producerId),
    firstOffset: BigInt(firstOffset),
  }))
  return new FetchedPartition(fetched, await readBatches(messages, BigInt(fetched.fetchedOffset), aborted))
}

export class FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly fetchedOffset: string
  readonly highWatermark: string
  /** kafkajs reports how many records there are. */
  readonly messages: { readonly length: number }
  #batches: readonly BatchRecords[]
  readonly #lastOffset: bigint | undefined

  constructor({ topic, fetchedOffset, partitionData }: Fetched, read: ReadBatches) {
    this.topic = topic
    this.partition = partitionData.partition
    this.fetchedOffset = fetchedOffset
    this.highWatermark = partitionData.highWatermark
    this.messages = { length: read.batches.reduce((sum, { count }) => sum + count, 0) }
    this.#batches = read.batches
    this.#lastOffset = read.lastOffset
  }

  /** Once: kafkajs, and the session's function that commits, keep this object longer than its bytes should live. */
  records(): RecordCursor {
    const batches = this.#batches
    this.#batches = []
    return new BatchCursor(batches, BigInt(this.fetchedOffset))
  }

  isEmpty(): boolean {
    return this.messages.length === 0
  }

  /** There is something, and nothing of it is to be delivered: the position moves all the same (K12). */
  isEmptyDueToFiltering(): boolean {
    return this.isEmpty() && this.#lastOffset !== undefined
  }

  /** kafkajs only reports it. */
  firstOffset(): string {
    return this.fetchedOffset
  }

  /** Of the last batch; when there is none, the offset before the one that was asked for. */
  lastOffset(): string {
    return String(this.#lastOffset ?? BigInt(this.fetchedOffset) - 1n)
  }

  /** kafkajs only reports it. */
  offsetLag(): string {
    return String(BigInt(this.highWatermark) - 1n - BigInt(this.lastOffset()))
  }

  /** kafkajs only reports it. */
  offsetLagLow(): string {
    return String(BigInt(this.highWatermark) - 1n - BigInt(this.fetchedOffset))
  }
}
