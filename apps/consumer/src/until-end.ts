/**
 * `--until-end`: the high watermarks at the start are the end. A partition is over when all below its end is stored and
 * committed: by us, or, as its committed offset says, by another member of the group. An empty one is over at once.
 */
import type { CommittedOffset, ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Clock } from './clock.ts'
import { keyOf } from './partition-key.ts'
import { pause } from './waiting.ts'

/** What is asked of the cluster; an admin port has it. */
export type Positions = Pick<ReadOnlyAdmin, 'watermarks' | 'committedOffsets'>

const askOthersEveryMs = 1_000

export class UntilEnd {
  /** By partition: the first offset that is not wanted. */
  readonly #targets: ReadonlyMap<string, bigint>
  readonly #left: Set<string>
  readonly #reached = Promise.withResolvers<void>()

  private constructor(targets: ReadonlyMap<string, bigint>, left: Iterable<string>) {
    this.#targets = targets
    this.#left = new Set(left)
    if (this.isReached) this.#reached.resolve()
  }

  /** Takes the high watermarks of all partitions of the topics now. Rejects with a KafkaError. */
  static async from(positions: Positions, group: string, topics: readonly string[]): Promise<UntilEnd> {
    const targets = new Map<string, bigint>()
    const left: string[] = []
    for (const topic of topics) {
      const committed = byPartition(await positions.committedOffsets(group, topic))
      for (const { partition, low, high } of await positions.watermarks(topic)) {
        const key = keyOf({ topic, partition })
        targets.set(key, high)
        if (low < high && (committed.get(partition) ?? 0n) < high) left.push(key)
      }
    }
    return new UntilEnd(targets, left)
  }

  get isReached(): boolean {
    return this.#left.size === 0
  }

  /** Resolves once every partition is over. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  /** Partitions that are not over yet. */
  get left(): ReadonlySet<string> {
    return this.#left
  }

  targetOf(at: TopicPartition): bigint | undefined {
    return this.#targets.get(keyOf(at))
  }

  /** Everything of the partition below this offset is stored and committed. */
  passed(at: TopicPartition, offset: bigint): void {
    const target = this.targetOf(at)
    if (target !== undefined && offset >= target) this.giveUp(at)
  }

  /** Nothing more can be done for this partition in this run. */
  giveUp(at: TopicPartition): void {
    this.#left.delete(keyOf(at))
    if (this.isReached) this.#reached.resolve()
  }

  /** Asks from time to time how far the other members are, until the signal or the end. Rejects with a KafkaError. */
  async follow(options: {
    readonly positions: Positions
    readonly group: string
    readonly clock: Clock
    readonly isOurs: (key: string) => boolean
    readonly signal: AbortSignal
  }): Promise<void> {
    const { positions, group, clock, isOurs, signal } = options
    while (!signal.aborted && !this.isReached) {
      await pause(clock, askOthersEveryMs, signal)
      const topics = new Set([...this.#left].filter((key) => !isOurs(key)).map(topicOf))
      for (const topic of topics) {
        const committed = await positions.committedOffsets(group, topic)
        for (const { partition, offset } of committed) this.passed({ topic, partition }, offset ?? 0n)
      }
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

function topicOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}
