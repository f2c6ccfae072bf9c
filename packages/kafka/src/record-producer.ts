/** The producer port: what an app sees of a Kafka producer. */

export type OutgoingRecord = {
  readonly key: string
  readonly value: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly timestampMs?: number
}

export type OutgoingBatch = {
  readonly topic: string
  readonly partition: number
  readonly records: readonly OutgoingRecord[]
}

export type ProducerOptions = {
  readonly compression?: 'none' | 'gzip' | 'zstd'
  /** How long the broker may take to acknowledge one batch before it is sent again. Default: the connection's. */
  readonly requestTimeoutMs?: number
  readonly transactionalId?: string
}

/** Every method rejects with a KafkaError. */
export interface RecordProducer extends AsyncDisposable {
  /** Unknown topic: UNKNOWN_TOPIC; the producer never creates one. */
  partitionCount(topic: string): Promise<number>
  /**
   * Resolves when all in-sync replicas have the batch. A rejected batch may or may not be in the log: only the
   * caller knows whether to send it again. Batches of several partitions may be under way at once; those of
   * one partition are appended in the order of their calls.
   */
  send(batch: OutgoingBatch): Promise<{ readonly baseOffset: bigint }>
}
