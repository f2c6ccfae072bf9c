/**
 * Who is paused, and why; and who is sealed when memory is short. Owns every pause and resume of the consumer.
 *
 * `crowded`: a next batch may not fit before the range on its way is stored, so it is not fetched yet (a handler that
 * waits would hold up every partition of that broker). `over`: nothing more is wanted of it. Memory holds back all.
 */
import type { RecordConsumer, TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Events } from './events.ts'
import type { Lane } from './lane.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { keyOf } from './partition-key.ts'
import { largestOf } from './triggers.ts'

type Reason = 'crowded' | 'over'

export type BackpressureOptions = {
  readonly consumer: Pick<RecordConsumer, 'pause' | 'resume'>
  readonly budget: MemoryBudget
  readonly events: Events
  readonly lanes: ReadonlyMap<string, Lane>
}

export class Backpressure {
  readonly #options: BackpressureOptions
  readonly #reasons = new Map<string, Set<Reason>>()
  #isMemoryShort = false

  constructor(options: BackpressureOptions) {
    this.#options = options
  }

  /** A partition was assigned: forgets what held it back before. */
  begin(at: TopicPartition): void {
    this.#reasons.delete(keyOf(at))
    if (this.#isMemoryShort) this.#options.consumer.pause([at])
    else this.#options.consumer.resume([at])
  }

  hold(at: TopicPartition, reason: Reason): void {
    const reasons = this.#reasons.get(keyOf(at)) ?? new Set()
    this.#reasons.set(keyOf(at), reasons.add(reason))
    if (reasons.size === 1 && !this.#isMemoryShort) this.#options.consumer.pause([at])
  }

  release(at: TopicPartition, reason: Reason): void {
    const reasons = this.#reasons.get(keyOf(at))
    if (reasons?.delete(reason) === true && reasons.size === 0 && !this.#isMemoryShort) {
      this.#options.consumer.resume([at])
    }
  }

  /** The budget is used up: nothing is fetched, the largest range is sealed. Resolves when memory was given back. */
  async relieve(): Promise<void> {
    const { budget, events } = this.#options
    if (!this.#isMemoryShort) {
      this.#isMemoryShort = true
      events.memoryShort(budget.usedBytes)
      this.#options.consumer.pause(this.#free())
    }
    const freed = budget.freed()
    this.sealLargest()
    await freed
    this.recover()
  }

  /**
   * Goes on fetching once the budget is no longer tight. While it is, the next range is sealed here: with all partitions
   * paused no batch may come any more whose handler would do it.
   */
  recover(): void {
    if (!this.#isMemoryShort) return
    if (this.#options.budget.isTight) {
      this.sealLargest()
      return
    }
    this.#isMemoryShort = false
    this.#options.consumer.resume(this.#free())
  }

  /** A lane has stored what it had to: whoever waits for memory looks again at what may be sealed. */
  settled(): void {
    this.recover()
    this.#options.budget.wake()
  }

  /** Seals the largest open range, unless at least as much is on its way out as is being filled. */
  sealLargest(): void {
    const lanes = [...this.#options.lanes.values()]
    const openBytes = lanes.reduce((sum, lane) => sum + lane.bytes, 0)
    const leavingBytes = lanes.reduce((sum, lane) => sum + lane.leavingBytes, 0)
    if (leavingBytes >= openBytes) return
    // One that is being stored follows up with what it has open, as soon as it is done.
    const largest = largestOf(lanes.filter((lane) => !lane.isStoring)) ?? largestOf(lanes)
    largest?.seal('memory')
  }

  /** Partitions that only memory holds back. */
  #free(): TopicPartition[] {
    const lanes = [...this.#options.lanes.values()]
    return lanes.map((lane) => lane.at).filter((at) => (this.#reasons.get(keyOf(at))?.size ?? 0) === 0)
  }
}
