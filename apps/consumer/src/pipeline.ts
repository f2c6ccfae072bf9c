/**
 * The consumer's main loop: decode → batch → (claim) → store → commit, for every partition the group assigns.
 *
 * Owns the lanes, one per assigned partition, and the rules between them: who is sealed when memory is short, who is
 * paused, what a rebalance drops. Invariant: an offset is committed only after all objects below it are stored.
 */
import type {
  ConsumerHandlers,
  FetchedBatch,
  RecordConsumer,
  TopicPartition,
} from '@pinpipe/kafka/record-consumer'
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import { sentenceOf } from '@pinpipe/service/failure'
import { Backpressure } from './backpressure.ts'
import type { Clock } from './clock.ts'
import type { RecordEncoder } from './encoder.ts'
import type { Events } from './events.ts'
import { Lane } from './lane.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { Offsets } from './offsets.ts'
import { keyOf } from './partition-key.ts'
import type { SealedRange } from './range.ts'
import { startPositions } from './start-positions.ts'
import { ObjectConflict, type Storer } from './storer.ts'
import type { Limits } from './triggers.ts'
import type { UntilEnd } from './until-end.ts'
import { aborted, pause, withinTime } from './waiting.ts'

/** How long a rebalance waits for ranges that are being stored. Afterwards their commits are not sent. */
const handOverMs = 10_000
/** The last commit has no later one to make up for it: during a rebalance it takes a few. */
const lastCommitAttempts = 4
const lastCommitPauseMs = 500

export type PipelineOptions = {
  readonly consumer: Pick<RecordConsumer, 'run' | 'commit' | 'pause' | 'resume' | 'stop'>
  readonly positions: Pick<ReadOnlyAdmin, 'committedOffsets' | 'watermarks'>
  readonly group: string
  readonly encoderFor: (at: TopicPartition) => RecordEncoder
  readonly limits: Limits
  readonly budget: MemoryBudget
  readonly storer: Storer
  readonly untilEnd: UntilEnd | undefined
  readonly events: Events
  readonly clock: Clock
}

export class Pipeline implements ConsumerHandlers {
  readonly #options: PipelineOptions
  readonly #lanes = new Map<string, Lane>()
  /** The lane that a partition had in an earlier assignment: what it stored may be ahead of what is committed. */
  readonly #former = new Map<string, Lane>()
  readonly #halted = new Map<string, ObjectConflict>()
  readonly #everAssigned = new Set<string>()
  readonly #broken = Promise.withResolvers<never>()
  readonly #backpressure: Backpressure

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#backpressure = new Backpressure({ ...options, lanes: this.#lanes })
    // Nobody may be listening yet, or any more.
    this.#broken.promise.catch(() => undefined)
  }

  /**
   * Runs until the end is reached, the signal asks to drain, or something breaks; then stores and commits what was
   * taken, and leaves the group. Rejects with a Failure.
   */
  async run(drain: AbortSignal): Promise<void> {
    const { consumer } = this.#options
    const running = consumer.run(this)
    running.catch(() => undefined)
    const over = new AbortController()
    try {
      await Promise.race([running, this.#broken.promise, aborted(drain), this.#endReached(over.signal)])
      await Promise.race([this.#drain(), this.#broken.promise])
    } finally {
      over.abort()
      // Handlers that wait for memory or for a store have to return before the consumer can stop.
      for (const lane of this.#lanes.values()) lane.close()
      await consumer.stop()
    }
    await running
    const [conflict] = this.#halted.values()
    if (conflict !== undefined) throw conflict
  }

  /** Partitions this run was ever assigned. */
  get partitions(): number {
    return this.#everAssigned.size
  }
  get lanes(): ReadonlyMap<string, Lane> {
    return this.#lanes
  }
  get halted(): ReadonlyMap<string, Error> {
    return this.#halted
  }

  async assigned(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>> {
    const { positions, group, events } = this.#options
    // A session that was cut off did not say good-bye.
    await this.revoked([...this.#lanes.values()].map((lane) => lane.at))
    const starts = new Map<string, bigint>()
    for (const { at, start, committed } of await startPositions(positions, group, partitions)) {
      const own = await this.#startOf(at, start)
      starts.set(keyOf(at), own)
      this.#openLane(at, own, committed)
    }
    events.assigned(partitions)
    return starts
  }

  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const { clock, events } = this.#options
    const lanes = partitions.flatMap((at) => this.#lanes.get(keyOf(at)) ?? [])
    const dropped = lanes.reduce((sum, lane) => sum + lane.records, 0)
    for (const lane of lanes) lane.close()
    await withinTime(clock, handOverMs, Promise.all(lanes.map((lane) => lane.settled())))
    for (const lane of lanes) {
      lane.revoke()
      this.#lanes.delete(keyOf(lane.at))
      this.#former.set(keyOf(lane.at), lane)
    }
    if (lanes.length > 0) events.revoked(partitions, dropped)
  }

  async batch(batch: FetchedBatch): Promise<void> {
    const lane = this.#lanes.get(keyOf(batch))
    if (lane === undefined) return
    try {
      await lane.take(batch)
    } catch (error) {
      this.#break(error)
    }
    if (lane.isCrowded) this.#backpressure.hold(lane.at, 'crowded')
    if (lane.offsets.isAtTarget) this.#backpressure.hold(lane.at, 'over')
    if (this.#options.budget.isTight) this.#backpressure.sealLargest()
  }

  skipped(at: TopicPartition & { readonly nextOffset: bigint }): void {
    this.#lanes.get(keyOf(at))?.skip(at.nextOffset)
  }

  /** One sealed range: claim (to come) → store → commit. Called for one range of a partition at a time (R4). */
  async #land(lane: Lane, range: SealedRange): Promise<void> {
    const { storer, events, untilEnd } = this.#options
    const contentBytes = range.files.reduce((sum, file) => sum + file.content.bytes, 0)
    try {
      const stored = await storer.store(range)
      lane.offsets.rangeStored(range.end)
      events.rangeStored(range, stored, contentBytes)
      await this.#commit([lane])
      untilEnd?.passed(range, range.end + 1n)
    } catch (error) {
      if (error instanceof ObjectConflict) this.#halt(lane, error)
      else this.#break(error)
    }
    this.#backpressure.release(lane.at, 'crowded')
    this.#backpressure.recover()
  }

  /** Never, without `--until-end`. Partitions of other members are asked for as long as the signal allows. */
  #endReached(signal: AbortSignal): Promise<void> {
    const { untilEnd, positions, group, clock } = this.#options
    if (untilEnd === undefined) return aborted(signal)
    const isOurs = (key: string): boolean => this.#lanes.has(key)
    untilEnd.follow({ positions, group, clock, isOurs, signal }).catch((error: unknown) => this.#break(error))
    return untilEnd.reached
  }

  /** Stores all that was taken and commits it, while the consumer still runs: a stopping one sends no commit (K7). */
  async #drain(): Promise<void> {
    const lanes = [...this.#lanes.values()]
    this.#options.consumer.pause(lanes.map((lane) => lane.at))
    for (const lane of lanes) lane.stopTaking()
    for (const lane of lanes) lane.seal(this.#options.untilEnd?.isReached === true ? 'until-end' : 'drain')
    await Promise.all(lanes.map((lane) => lane.settled()))
    const left = (): Lane[] => lanes.filter((lane) => !lane.isRevoked && lane.offsets.hasUncommitted)
    for (let attempt = 1; attempt < lastCommitAttempts && left().length > 0; attempt++) {
      if (!(await this.#commit(left()))) await pause(this.#options.clock, lastCommitPauseMs)
    }
    if (left().length > 0 && !(await this.#commit(left()))) {
      this.#options.events.lastCommitNotTaken(left().map((lane) => lane.at))
    }
  }

  /** A commit is a hint (K7): what does not work is logged, and made up for by the next one. */
  async #commit(lanes: readonly Lane[]): Promise<boolean> {
    const owned = lanes.filter((lane) => !lane.isRevoked)
    const offsets = owned.map((lane) => lane.offsets.commitOf(lane.at))
    if (offsets.length === 0) return false
    let why = 'the group did not take it'
    try {
      if (await this.#options.consumer.commit(offsets)) {
        for (const [i, lane] of owned.entries()) lane.offsets.commitTaken(offsets[i]?.offset ?? 0n)
        return true
      }
    } catch (error) {
      why = sentenceOf(error)
    }
    for (const offset of offsets) this.#options.events.commitNotTaken(offset, why)
    return false
  }

  /** What is stored counts, also if its commit was lost; what others committed counts, also if we stored less. */
  async #startOf(at: TopicPartition, known: bigint): Promise<bigint> {
    const former = this.#former.get(keyOf(at))
    await former?.settled()
    const stored = former?.offsets.stored ?? known
    return stored > known ? stored : known
  }

  #openLane(at: TopicPartition, start: bigint, committed: bigint | undefined): void {
    const { encoderFor, limits, budget, clock, untilEnd } = this.#options
    const lane: Lane = new Lane({
      at,
      offsets: new Offsets(start, { committed, target: untilEnd?.targetOf(at) }),
      encode: encoderFor(at),
      limits,
      budget,
      clock,
      land: (range) => this.#land(lane, range),
      backpressure: this.#backpressure,
    })
    this.#former.delete(keyOf(at))
    this.#lanes.set(keyOf(at), lane)
    this.#everAssigned.add(keyOf(at))
    this.#backpressure.begin(at)
    untilEnd?.passed(at, start)
    if (this.#halted.has(keyOf(at))) lane.close()
    if (lane.isClosed || lane.offsets.isAtTarget) this.#backpressure.hold(at, 'over')
  }

  /** This partition only: what is stored of the others stays right. */
  #halt(lane: Lane, conflict: ObjectConflict): void {
    const { events, untilEnd } = this.#options
    this.#halted.set(keyOf(lane.at), conflict)
    lane.close()
    this.#backpressure.hold(lane.at, 'over')
    events.partitionHalted(lane.at, conflict)
    untilEnd?.giveUp(lane.at)
  }

  /** Ends the run: nothing can be stored, or a bug. What is open is dropped, and read again by the next run. */
  #break(error: unknown): void {
    this.#broken.reject(error)
    for (const lane of this.#lanes.values()) lane.close()
  }
}
