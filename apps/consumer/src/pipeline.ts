/**
 * The consumer's main loop: decode → batch → encode → claim → store → commit, for every partition the group assigns.
 *
 * Owns the lanes, one per assigned partition, and the rules between them: who is sealed when memory is short, who is
 * paused, what a rebalance drops. Invariants: a range is stored only after it was claimed, the next one is claimed only
 * after all of it is stored (R4), an offset is committed only after all objects below it are stored.
 */
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type {
  ConsumerHandlers,
  FetchedBatch,
  RecordConsumer,
  TopicPartition,
} from '@pinpipe/kafka/record-consumer'
import { Backpressure } from './backpressure.ts'
import { PartitionHalt } from './chain/halt.ts'
import { isOtherTopic, type Log } from './chain/resume.ts'
import type { Clock } from './clock.ts'
import { Commits } from './commits.ts'
import type { Events } from './events.ts'
import type { Encoding } from './format/encoding.ts'
import { Lane } from './lane.ts'
import { landRange, type Landing } from './land-range.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { Offsets } from './offsets.ts'
import { keyOf } from './partition-key.ts'
import type { SealedRange } from './range.ts'
import type { Recovered, Recovery } from './recovery.ts'
import type { Limits } from './triggers.ts'
import type { UntilEnd } from './until-end.ts'
import { aborted, withinTime } from './waiting.ts'

/** How long a rebalance waits for ranges that are being stored. Afterwards another member finishes them. */
const handOverMs = 10_000
/** Of a partition that the cluster no longer has. */
const noLog: Log = { low: 0n, high: 0n }

export type PipelineOptions = {
  readonly consumer: Pick<RecordConsumer, 'run' | 'commit' | 'seek' | 'pause' | 'resume' | 'stop'>
  readonly positions: Pick<ReadOnlyAdmin, 'logs' | 'topicConfigs'>
  readonly recovery: Recovery
  readonly landing: Landing
  readonly encoding: Encoding
  readonly limits: Limits
  readonly budget: MemoryBudget
  readonly untilEnd: UntilEnd | undefined
  readonly events: Events
  readonly clock: Clock
}

export class Pipeline implements ConsumerHandlers {
  readonly #options: PipelineOptions
  readonly #lanes = new Map<string, Lane>()
  /** Lanes of the assignment before: what they hold is kept until the next one says who has what. */
  readonly #suspended = new Map<string, Lane>()
  readonly #halted = new Map<string, PartitionHalt>()
  readonly #everAssigned = new Set<string>()
  readonly #broken = Promise.withResolvers<never>()
  readonly #backpressure: Backpressure
  readonly #commits: Commits

  constructor(options: PipelineOptions) {
    this.#options = options
    this.#backpressure = new Backpressure({ ...options, lanes: this.#lanes })
    this.#commits = new Commits({ ...options, lanes: this.#lanes })
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
      for (const lane of [...this.#lanes.values(), ...this.#suspended.values()]) lane.close()
      await consumer.stop()
    }
    await running
    const [halt] = this.#halted.values()
    if (halt !== undefined) throw halt
  }

  /** Partitions this run was ever assigned. */
  get partitions(): number {
    return this.#everAssigned.size
  }
  get lanes(): ReadonlyMap<string, Lane> {
    return this.#lanes
  }
  get halted(): ReadonlyMap<string, PartitionHalt> {
    return this.#halted
  }

  /** What is assigned goes on where the chain ends; a lane whose partition came back keeps what it has open. */
  async assigned(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, bigint>> {
    // A session that was cut off did not say good-bye.
    await this.revoked([...this.#lanes.values()].map((lane) => lane.at))
    const starts = new Map<string, bigint>()
    const logs = await this.#logsOf(partitions)
    await Promise.all(
      partitions.map(async (at) =>
        starts.set(keyOf(at), await this.#begin(at, logs.get(keyOf(at)) ?? noLog)),
      ),
    )
    for (const lane of this.#suspended.values()) lane.close()
    this.#suspended.clear()
    this.#options.events.assigned(partitions)
    return starts
  }

  /** Ranges on their way are finished, if that does not take long; the rest waits for the next assignment. */
  async revoked(partitions: readonly TopicPartition[]): Promise<void> {
    const { clock, events } = this.#options
    const lanes = partitions.flatMap((at) => this.#lanes.get(keyOf(at)) ?? [])
    for (const lane of lanes) lane.suspend()
    await withinTime(clock, handOverMs, Promise.all(lanes.map((lane) => lane.settled())))
    for (const lane of lanes) {
      this.#lanes.delete(keyOf(lane.at))
      this.#suspended.set(keyOf(lane.at), lane)
    }
    if (lanes.length > 0) events.revoked(partitions)
  }

  async batch(batch: FetchedBatch): Promise<void> {
    const lane = this.#lanes.get(keyOf(batch))
    if (lane === undefined) return
    try {
      await lane.take(batch)
    } catch (error) {
      this.#haltOrBreak(lane.at, error)
    }
    if (lane.isCrowded) this.#backpressure.hold(lane.at, 'crowded')
    if (lane.offsets.isAtTarget) this.#backpressure.hold(lane.at, 'over')
    if (this.#options.budget.isTight) this.#backpressure.sealLargest()
  }

  async skipped(at: TopicPartition & { readonly nextOffset: bigint }): Promise<void> {
    try {
      await this.#lanes.get(keyOf(at))?.skip(at.nextOffset)
    } catch (error) {
      this.#haltOrBreak(at, error)
    }
  }

  /** One sealed range: encode → claim → store → commit. Called for one range of a partition at a time (R4). */
  async #land(lane: Lane, range: SealedRange): Promise<void> {
    const { landing, events, untilEnd } = this.#options
    try {
      const stored = await landRange(landing, lane, range)
      if (stored === undefined) return await this.#overtaken(lane)
      lane.offsets.rangeStored(range.end)
      events.rangeStored(range, stored)
      // failpoint: before-commit
      await this.#commits.send([lane])
      // failpoint: committed
      untilEnd?.passed(range, range.end + 1n)
    } catch (error) {
      this.#haltOrBreak(lane.at, error)
    }
    this.#backpressure.release(lane.at, 'crowded')
    this.#backpressure.recover()
  }

  /** Another writer claimed these offsets: what we have of them is dropped, and the chain says where to go on. */
  async #overtaken(lane: Lane): Promise<void> {
    this.#options.events.overtaken(lane.at, lane.records)
    lane.close()
    if (this.#lanes.get(keyOf(lane.at)) !== lane) return
    const log = (await this.#logsOf([lane.at])).get(keyOf(lane.at)) ?? noLog
    const recovered = await this.#options.recovery.recover(lane.at, log)
    // Taken away meanwhile: whoever gets it next looks for himself.
    if (this.#lanes.get(keyOf(lane.at)) !== lane) return
    // In one turn with the new lane, which must not meet what was fetched for the old one.
    this.#options.consumer.seek({ ...lane.at, offset: readFromOf(recovered, log) })
    this.#open(lane.at, recovered)
  }

  /** Never, without `--until-end`. Partitions of other members are asked for as long as the signal allows. */
  #endReached(signal: AbortSignal): Promise<void> {
    const { untilEnd, clock } = this.#options
    if (untilEnd === undefined) return aborted(signal)
    const isOurs = (key: string): boolean => this.#lanes.has(key)
    untilEnd.follow({ clock, isOurs, signal }).catch((error: unknown) => this.#break(error))
    return untilEnd.reached
  }

  /** Stores all that was taken and commits it, while the consumer still runs: a stopping one sends no commit (K7). */
  async #drain(): Promise<void> {
    const lanes = [...this.#lanes.values()]
    this.#options.consumer.pause(lanes.map((lane) => lane.at))
    for (const lane of lanes) lane.stopTaking()
    for (const lane of lanes) lane.seal(this.#options.untilEnd?.isReached === true ? 'until-end' : 'drain')
    await Promise.all(lanes.map((lane) => lane.settled()))
    await this.#commits.sendLast(lanes)
  }

  /** @returns where to read on */
  async #begin(at: TopicPartition, log: Log): Promise<bigint> {
    const before = this.#suspended.get(keyOf(at))
    if (before === undefined || !(await this.#isStillWhereItWas(before, log))) {
      const recovered = await this.#options.recovery.recover(at, log)
      this.#open(at, recovered)
      return readFromOf(recovered, log)
    }
    this.#suspended.delete(keyOf(at))
    this.#lanes.set(keyOf(at), before)
    this.#backpressure.begin(at)
    this.#options.untilEnd?.passed(at, before.frontier)
    return before.resume(log.low)
  }

  /** Nobody else stored anything since the lane was suspended, and it has nothing under way: it may go on. */
  async #isStillWhereItWas(lane: Lane, log: Log): Promise<boolean> {
    await withinTime(this.#options.clock, handOverMs, lane.settled())
    if (lane.isClosed || lane.isStoring || lane.offsets.next > log.high) return false
    const view = await lane.chain.look()
    if (isOtherTopic(view?.topicId, log.topicId)) return false
    return view?.frontier === lane.frontier && view.missing.length === 0 && !view.isEnded
  }

  /** Begins a lane where recovery says, unless the partition is halted. */
  #open(at: TopicPartition, recovered: Recovered): void {
    const { limits, budget, encoding, clock, untilEnd, events } = this.#options
    this.#everAssigned.add(keyOf(at))
    this.#backpressure.begin(at)
    if (recovered.kind === 'halt') return this.#halt(at, recovered.halt)
    if (this.#halted.delete(keyOf(at))) events.partitionGoesOn(at)
    const { chain, frontier, start } = recovered
    const lane: Lane = new Lane({
      ...start,
      at,
      chain,
      offsets: new Offsets(frontier, untilEnd?.targetOf(at)),
      encoding,
      limits,
      budget,
      clock,
      isCompacted: () => this.#isCompacted(at.topic),
      land: (range) => this.#land(lane, range),
      backpressure: this.#backpressure,
    })
    this.#lanes.set(keyOf(at), lane)
    untilEnd?.passed(at, frontier)
    if (lane.offsets.isAtTarget) this.#backpressure.hold(at, 'over')
  }

  /** A role that may not read the topic's settings is taken for a no: better to halt than to go on in another log. */
  async #isCompacted(topic: string): Promise<boolean> {
    const configs = await this.#options.positions.topicConfigs([topic]).catch(() => undefined)
    const policy = configs?.get(topic)?.find(({ name }) => name === 'cleanup.policy')
    return policy?.value?.includes('compact') === true
  }

  async #logsOf(partitions: readonly TopicPartition[]): Promise<ReadonlyMap<string, Log>> {
    const topics = [...new Set(partitions.map(({ topic }) => topic))]
    const found = await Promise.all(topics.map((topic) => this.#options.positions.logs(topic)))
    return new Map(found.flat().map((log) => [keyOf(log), log]))
  }

  #haltOrBreak(at: TopicPartition, error: unknown): void {
    if (error instanceof PartitionHalt) this.#halt(at, error)
    else this.#break(error)
  }

  /** This partition only: what is stored of the others stays right. */
  #halt(at: TopicPartition, halt: PartitionHalt): void {
    const { events, untilEnd } = this.#options
    this.#halted.set(keyOf(at), halt)
    this.#lanes.get(keyOf(at))?.close()
    this.#lanes.delete(keyOf(at))
    this.#backpressure.hold(at, 'over')
    events.partitionHalted(at, halt)
    untilEnd?.giveUp(at)
  }

  /** Ends the run: nothing can be stored, or a bug. What is open is dropped, and read again by the next run. */
  #break(error: unknown): void {
    this.#broken.reject(error)
    for (const lane of this.#lanes.values()) lane.close()
  }
}

/** A halted partition is not read; the group has to have a position in its log all the same. */
function readFromOf(recovered: Recovered, log: Log): bigint {
  return recovered.kind === 'halt' ? log.high : recovered.readFrom
}
