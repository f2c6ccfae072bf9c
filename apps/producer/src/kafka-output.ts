/**
 * Records into topics. Owns the lanes of the partitions, the bytes under way and the first failure.
 * Rules: the partition of a key is computed here, once (hazard K1); a batch that failed is sent again before anything
 * behind it in its partition; after a failure that does not pass nothing new is sent, and what was not sent counts as failed.
 */

import { missingTopicsSentence } from '@pinpipe/kafka/missing-topics'
import { partitionOf } from '@pinpipe/kafka/partitioner'
import { type OutgoingRecord, type RecordProducer } from '@pinpipe/kafka/producer'
import { headerNames, schemaHeader } from '@pinpipe/schema/wire'
import { Failure } from '@pinpipe/service/failure'
import pRetry from 'p-retry'
import { type ProducerEvents } from './events.ts'
import { type Output } from './output.ts'
import { type LaneBatch, PartitionLane } from './partition-lane.ts'
import { type EncodedRecord } from './record-encoder.ts'
import { type Tally } from './tally.ts'

export type KafkaOutputOptions = {
  readonly producer: RecordProducer
  readonly brokers: readonly string[]
  readonly topicPrefix: string
  readonly runId: string
  readonly batchBytes: number
  readonly bufferBytes: number
  readonly lingerMs: number
  readonly deliveryTimeoutMs: number
  readonly events: ProducerEvents
  readonly tally: Tally
}

type Lane = PartitionLane<OutgoingRecord>

export class KafkaOutput implements Output {
  readonly name: string
  readonly #options: KafkaOutputOptions
  readonly #lanes = new Map<string, readonly Lane[]>()
  #bufferedBytes = 0
  #room = Promise.withResolvers<void>()
  #failure: Failure | undefined

  constructor(options: KafkaOutputOptions) {
    this.name = `Kafka at ${options.brokers.join(',')}`
    this.#options = options
  }

  /** Bytes of keys and values that wait or are under way. */
  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  async check(topics: readonly string[]): Promise<void> {
    const missing: string[] = []
    for (const topic of topics) {
      try {
        const partitions = await this.#options.producer.partitionCount(topic)
        this.#lanes.set(
          topic,
          Array.from({ length: partitions }, (_, partition) => this.#lane(topic, partition)),
        )
      } catch (error) {
        if (!isUnknownTopic(error)) throw error
        missing.push(topic)
      }
    }
    if (missing.length === 0) return
    throw new Failure(missingTopicsSentence(missing, this.#options))
  }

  async write(records: readonly EncodedRecord[]): Promise<void> {
    for (const record of records) this.#add(record)
    while (this.#bufferedBytes >= this.#options.bufferBytes && this.#failure === undefined)
      await this.#room.promise
    if (this.#failure !== undefined) throw this.#failure
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#lanes.values()].flat().map((lane) => lane.flush()))
    if (this.#failure !== undefined) throw this.#failure
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.producer[Symbol.asyncDispose]()
  }

  #add({ topic, table, key, value, seq }: EncodedRecord): void {
    const lanes = this.#lanes.get(topic) ?? []
    const lane = lanes[partitionOf(key, lanes.length)]
    if (lane === undefined) throw new RangeError(`no lane for a partition of ${topic}`)
    const sizeBytes = Buffer.byteLength(value, 'utf8') + key.length
    this.#bufferedBytes += sizeBytes
    lane.add(
      {
        key,
        value,
        headers: {
          [headerNames.runId]: this.#options.runId,
          [headerNames.seq]: String(seq),
          [headerNames.source]: table.name,
          [headerNames.schema]: schemaHeader(table),
        },
      },
      sizeBytes,
    )
  }

  #lane(topic: string, partition: number): Lane {
    const { batchBytes, lingerMs } = this.#options
    return new PartitionLane<OutgoingRecord>({
      batchBytes,
      lingerMs,
      deliver: (batch) => this.#deliver(topic, partition, batch),
    })
  }

  async #deliver(topic: string, partition: number, batch: LaneBatch<OutgoingRecord>): Promise<void> {
    const { events, tally } = this.#options
    const count = batch.records.length
    try {
      await this.#sendUntilAcked(topic, partition, batch)
      const valueBytes = batch.records.reduce((rest, record) => rest - record.key.length, batch.sizeBytes)
      tally.acked += count
      tally.valueBytes += valueBytes
      events.recordsAcked({ topic, count })
      events.bytesAcked({ topic, count: valueBytes })
    } catch (error) {
      this.#failure ??= asFailure(error)
      tally.failed += count
      events.recordsFailed({ topic, partition, count, reason: this.#failure.message })
    } finally {
      this.#bufferedBytes -= batch.sizeBytes
      this.#room.resolve()
      this.#room = Promise.withResolvers()
    }
  }

  async #sendUntilAcked(
    topic: string,
    partition: number,
    { records }: LaneBatch<OutgoingRecord>,
  ): Promise<void> {
    const { producer, deliveryTimeoutMs, events, tally } = this.#options
    const send = async (): Promise<unknown> => {
      if (this.#failure !== undefined) throw this.#failure
      return producer.send({ topic, partition, records })
    }
    await pRetry(send, {
      retries: Infinity,
      minTimeout: 100,
      maxTimeout: 5000,
      randomize: true,
      maxRetryTime: deliveryTimeoutMs,
      shouldRetry: ({ error }) => {
        const again = this.#failure === undefined && error instanceof Failure && error.canRetry
        if (again) {
          tally.sendRetries++
          events.sendRetried({ topic, partition, reason: error.message })
        }
        return again
      },
    })
  }
}

function isUnknownTopic(error: unknown): boolean {
  return error instanceof Failure && 'code' in error && error.code === 'UNKNOWN_TOPIC'
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure
    ? error
    : new Failure('sending failed for a reason that is not known', { cause: error })
}
