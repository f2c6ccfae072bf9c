/** The consumer port: what an app sees of a Kafka consumer. */

export type TopicPartition = { readonly topic: string; readonly partition: number }
export type TopicPartitionOffset = TopicPartition & { readonly offset: bigint }

/** In the order of the wire; a name may occur more than once. */
export type RecordHeader = { readonly name: string; readonly value: Buffer | null }

/** One record while it is at hand: its bytes are views of the fetched batch. */
export type FetchedRecord = {
  readonly offset: bigint
  /** Milliseconds since 1970; -1 when the record has none. */
  readonly timestamp: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

/** The records of a batch, one after the other, once. */
export interface RecordCursor {
  /**
   * The record at hand, `undefined` after the last one. Valid until `advance`: copy out of it what outlives that, because
   * it holds the whole fetch response in memory (K19).
   */
  readonly record: FetchedRecord | undefined
  advance(): void
}

export type FetchedBatch = TopicPartition & {
  readonly records: RecordCursor
  readonly firstOffset: bigint
  /** Last offset of the range, control and aborted records included. */
  readonly lastOffset: bigint
  readonly highWatermark: bigint
}

export interface ConsumerHandlers {
  /**
   * Called once per assignment, before anything of it is delivered.
   * @returns where to start, by `${topic}/${partition}`; a partition that is not named starts at the group's
   *   committed offset, or at the earliest record.
   */
  assigned(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint> | void>
  /** Everything that was assigned is gone: at a rebalance (eager), and when the consumer stops. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>
  /** One batch of one partition at a time, in offset order; may take minutes: heartbeats go on. */
  batch(batch: FetchedBatch): Promise<void>
  /** The position moved over offsets that hold nothing to deliver: control records, aborted or compacted ones. */
  skipped?(at: TopicPartition & { readonly nextOffset: bigint }): Promise<void>
}

export type ConsumerOptions = {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly sessionTimeoutMs?: number
  readonly heartbeatIntervalMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly maxBytesPerPartition?: number
  /** How long the broker holds an empty fetch; stopping waits for it. At most 500, default 250. */
  readonly maxWaitMs?: number
  /** Partitions taken in at the same time, beside those whose handlers are slow. Default 16. */
  readonly concurrency?: number
}

export interface RecordConsumer extends AsyncDisposable {
  /** Resolves after stop(); rejects with a KafkaError, or with the error a handler threw. Once per consumer. */
  run(handlers: ConsumerHandlers): Promise<void>
  /** The offset is the next one to read: last + 1. A hint: `false` when the group did not take it (K7). */
  commit(offsets: readonly TopicPartitionOffset[]): Promise<boolean>
  /** Goes on at this offset, in the same assignment: what was fetched and not yet handled is dropped. Not paused. */
  seek(to: TopicPartitionOffset): void
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
  /** Leaves the group within about `maxWaitMs`, once the running handlers are done. */
  stop(): Promise<void>
}
