/**
 * `--until-end`: the high watermarks at the start are the end. A partition is over when all below its end is stored: by us,
 * or, as its chain says, by another consumer. An empty one is over at once.
 */
import type { CommittedOffset, ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Clock } from './clock.ts'
import { keyOf } from './partition-key.ts'
import { pause } from './waiting.ts'

/**
 * Everything of the partition below this offset is stored; undefined when nothing is known of it yet, or when what is stored
 * is of another topic than the one with this id.
 */
export type StoredUpTo = (at: TopicPartition, topicId?: string) => Promise<bigint | undefined>

const askOthersEveryMs = 1_000

export class UntilEnd {
  /** By partition: the first offset that is not wanted. */
  readonly #targets: ReadonlyMap<string, bigint>
  readonly #left: Map<string, TopicPartition>
  readonly #storedUpTo: StoredUpTo
  readonly #reached = Promise.withResolvers<void>()

  private constructor(
    targets: ReadonlyMap<string, bigint>,
    left: readonly TopicPartition[],
    storedUpTo: StoredUpTo,
  ) {
    this.#targets = targets
    this.#left = new Map(left.map((at) => [keyOf(at), at]))
    this.#storedUpTo = storedUpTo
    if (this.isReached) this.#reached.resolve()
  }

  /** Takes the high watermarks of all partitions of the topics now. Rejects with a KafkaError, or the store's Failure. */
  static async from(
    positions: Pick<ReadOnlyAdmin, 'logs'>,
    storedUpTo: StoredUpTo,
    topics: readonly string[],
  ): Promise<UntilEnd> {
    const targets = new Map<string, bigint>()
    const left: TopicPartition[] = []
    for (const topic of topics) {
      const logs = await positions.logs(topic)
      const isLeft = await Promise.all(
        // A chain that is beyond the log, or of another topic, is a finding: the partition has to be assigned to be halted.
        logs.map(async (log) => log.low < log.high && (await storedUpTo(log, log.topicId)) !== log.high),
      )
      for (const [i, { partition, high }] of logs.entries()) {
        targets.set(keyOf({ topic, partition }), high)
        if (isLeft[i] === true) left.push({ topic, partition })
      }
    }
    return new UntilEnd(targets, left, storedUpTo)
  }

  get isReached(): boolean {
    return this.#left.size === 0
  }

  /** Resolves once every partition is over. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  /** Partitions that are not over yet. */
  get left(): readonly string[] {
    return [...this.#left.keys()]
  }

  targetOf(at: TopicPartition): bigint | undefined {
    return this.#targets.get(keyOf(at))
  }

  /** Everything of the partition below this offset is stored. */
  passed(at: TopicPartition, offset: bigint): void {
    const target = this.targetOf(at)
    if (target !== undefined && offset >= target) this.giveUp(at)
  }

  /** Nothing more can be done for this partition in this run. */
  giveUp(at: TopicPartition): void {
    this.#left.delete(keyOf(at))
    if (this.isReached) this.#reached.resolve()
  }

  /** Asks the chains from time to time how far the others are, until the signal or the end. Rejects with a Failure. */
  async follow(options: {
    readonly clock: Clock
    readonly isOurs: (key: string) => boolean
    readonly signal: AbortSignal
  }): Promise<void> {
    const { clock, isOurs, signal } = options
    while (!signal.aborted && !this.isReached) {
      await pause(clock, askOthersEveryMs, signal)
      const others = [...this.#left].filter(([key]) => !isOurs(key))
      for (const [, at] of others) this.passed(at, (await this.#storedUpTo(at)) ?? 0n)
    }
  }
}

/** Committed offsets by partition, the ones that are there. */
export function byPartition(committed: readonly CommittedOffset[]): Map<number, bigint> {
  return new Map(
    committed.flatMap(({ partition, offset }) =>
      offset === undefined ? [] : [[partition, offset] as const],
    ),
  )
}
