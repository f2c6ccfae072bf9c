/** A consumer under test: runs a port and records what reaches its handlers. */

import { type KafkaConnection } from '../connection.ts'
import { openConsumer } from '../consumer.ts'
import { cursorOf, recordsOf } from '../record-cursor.ts'
import {
  type ConsumerHandlers,
  type ConsumerOptions,
  type FetchedBatch,
  type FetchedRecord,
  type RecordConsumer,
  type TopicPartition,
} from '../record-consumer.ts'

export type Recorder = AsyncDisposable & {
  readonly consumer: RecordConsumer
  /** `assigned 0,1`, `revoked 0,1`, in the order in which they came. */
  readonly events: readonly string[]
  /** Values by partition, in the order in which they came. */
  readonly values: ReadonlyMap<number, readonly string[]>
  readonly skipped: readonly bigint[]
  /** Settles with the run: the error, or `undefined` after a stop. */
  readonly end: Promise<unknown>
  count(): number
}

function named(partitions: readonly TopicPartition[]): string {
  return partitions
    .map(({ partition }) => partition)
    .toSorted((a, b) => a - b)
    .join(',')
}

function copyOf({ offset, timestamp, key, value, headers }: FetchedRecord): FetchedRecord {
  return { offset, timestamp, key, value, headers }
}

/** Starts consuming at once; `handlers` run after the recording of the same call. */
export async function record(
  connection: KafkaConnection,
  options: ConsumerOptions,
  handlers: Partial<ConsumerHandlers> = {},
): Promise<Recorder> {
  const consumer = await openConsumer(connection, options)
  const events: string[] = []
  const values = new Map<number, string[]>()
  const skipped: bigint[] = []
  const running = consumer.run({
    async assigned(partitions) {
      events.push(`assigned ${named(partitions)}`)
      return await handlers.assigned?.(partitions)
    },
    async revoked(partitions) {
      events.push(`revoked ${named(partitions)}`)
      await handlers.revoked?.(partitions)
    },
    async batch(batch: FetchedBatch) {
      const records = Array.from(recordsOf(batch.records), copyOf)
      await handlers.batch?.({ ...batch, records: cursorOf(records) })
      const seen = values.get(batch.partition) ?? []
      values.set(batch.partition, [...seen, ...records.map(({ value }) => String(value))])
    },
    async skipped({ nextOffset }) {
      skipped.push(nextOffset)
    },
  })
  return {
    consumer,
    events,
    values,
    skipped,
    end: running.then(
      () => undefined,
      (error: unknown) => error,
    ),
    count: () => [...values.values()].reduce((sum, { length }) => sum + length, 0),
    [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose](),
  }
}
