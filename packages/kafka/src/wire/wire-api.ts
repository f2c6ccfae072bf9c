/** One version of one API that is spoken here and not by kafkajs. Each is a file of its own beside this one. */

export type WireApi<Request, Answer> = {
  readonly name: string
  readonly key: number
  readonly version: number
  /** The request after the client id of its header. */
  readonly encode: (request: Request) => Buffer
  /** @param bytes the answer after its correlation id */
  readonly decode: (bytes: Buffer) => Answer
}

/** A topic as brokers describe it, in whatever version of whatever API. */
export type TopicAnswer = {
  /** 0, or a code of https://kafka.apache.org/protocol#protocol_error_codes. */
  readonly errorCode: number
  readonly topic: string
  readonly topicId?: string | undefined
  readonly internal: boolean
  readonly partitions: readonly PartitionAnswer[]
}

/** A partition's own error code says that it has no leader: so does `leader`. */
export type PartitionAnswer = {
  readonly partition: number
  readonly leader: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly offline?: readonly number[]
  readonly elr?: readonly number[] | undefined
  readonly lastKnownElr?: readonly number[] | undefined
}
