/**
 * One assigned partition: the range it is filling, and the one range that is on its way into the store.
 *
 * Rules: one unfinished range at a time (R4: the next one fills meanwhile, and is sealed after the first is stored);
 * after `close` nothing is taken, and what was open is dropped, to be read again from the committed offset.
 * Called by the pipeline only, on one assignment; a new assignment makes a new lane.
 */
import type { FetchedBatch, TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Clock, Timer } from './clock.ts'
import type { RecordEncoder } from './encoder.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { Offsets } from './offsets.ts'
import { OpenRange, type SealedRange } from './range.ts'
import { limitReached, type Limits, type Trigger } from './triggers.ts'

export type LaneOptions = {
  readonly at: TopicPartition
  readonly offsets: Offsets
  readonly encode: RecordEncoder
  readonly limits: Limits
  readonly budget: MemoryBudget
  readonly clock: Clock
  /** Stores a range and commits it. Never rejects: what goes wrong closes the lane. */
  readonly land: (range: SealedRange) => Promise<void>
  readonly backpressure: {
    /** Resolves when there may be memory again. */
    relieve(): Promise<void>
    /** Nothing of this lane is being stored any more. */
    settled(): void
  }
}

export class Lane {
  readonly at: TopicPartition
  readonly offsets: Offsets
  readonly #options: LaneOptions
  #highWatermark: bigint | undefined
  #open: OpenRange | undefined
  #ageTimer: Timer | undefined
  /** Set while a range is being stored: the next one is to follow at once. */
  #due: Trigger | undefined
  #storing: Promise<void> | undefined
  #isClosed = false
  #isRevoked = false
  #isDraining = false
  #largestBatchBytes = 0
  #leavingBytes = 0

  constructor(options: LaneOptions) {
    this.at = options.at
    this.offsets = options.offsets
    this.#options = options
  }

  /** Of the open range: what sealing it would set free. */
  get bytes(): number {
    return this.#open?.bytes ?? 0
  }

  get records(): number {
    return this.#open?.records ?? 0
  }

  get highWatermark(): bigint | undefined {
    return this.#highWatermark
  }

  /** Of the range that is being stored. */
  get leavingBytes(): number {
    return this.#leavingBytes
  }

  get isStoring(): boolean {
    return this.#storing !== undefined
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The partition is no longer ours: its commits are somebody else's. */
  get isRevoked(): boolean {
    return this.#isRevoked
  }

  /** A next batch may not fit before the range that is being stored is done: better not to fetch it yet. */
  get isCrowded(): boolean {
    return this.isStoring && this.bytes + this.#largestBatchBytes > this.#options.limits.maxBytes
  }

  /** Takes what is new of the batch into ranges, sealing them as limits are reached. Nothing of the batch is kept. */
  async take(batch: FetchedBatch): Promise<void> {
    this.#highWatermark = batch.highWatermark
    const { from, to, lastOffset } = this.offsets.wanted(batch)
    let next = from
    while (!this.#isClosed && !this.#isDraining && !this.offsets.isAtTarget) {
      const range = (this.#open ??= this.#begin())
      const before = range.bytes
      next = range.append(batch.records, next, to)
      this.#largestBatchBytes = Math.max(this.#largestBatchBytes, range.bytes - before)
      if (next >= to) range.extendTo(lastOffset)
      this.#passed(range)
      if (next >= to) {
        const trigger = this.offsets.isAtTarget ? 'until-end' : limitReached(range, this.#options.limits)
        if (trigger !== undefined) this.seal(trigger)
        return
      }
      if (range.blockedBy === undefined) continue
      if (range.blockedBy === 'memory') await this.#options.backpressure.relieve()
      else await this.#rotate(range, range.blockedBy)
    }
  }

  /** The position moved over offsets without records (K12): they become part of a range all the same. */
  skip(nextOffset: bigint): void {
    if (this.#isClosed || this.offsets.isAtTarget || nextOffset <= this.offsets.next) return
    this.#open ??= this.#begin()
    this.#open.extendTo(nextOffset - 1n)
    this.#passed(this.#open)
    if (this.offsets.isAtTarget) this.seal('until-end')
  }

  /** Seals the open range now, or as soon as the one before it is stored. */
  seal(trigger: Trigger): void {
    if (this.#open?.end === undefined || this.#isClosed) return
    if (this.#storing === undefined) this.#storing = this.#storeAll(trigger)
    else this.#due ??= trigger
  }

  /** Resolves when nothing is being stored. */
  async settled(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing
  }

  /** Takes nothing more. The range that is being stored is finished, what is open stays to be sealed. */
  stopTaking(): void {
    this.#isDraining = true
  }

  /** Takes nothing more and drops what is open. */
  close(): void {
    this.#isClosed = true
    this.#due = undefined
    this.#ageTimer?.cancel()
    this.#open?.drop()
    this.#open = undefined
  }

  revoke(): void {
    this.#isRevoked = true
    this.close()
  }

  #begin(): OpenRange {
    const { at, encode, limits, budget } = this.#options
    return new OpenRange({ at, start: this.offsets.next, limits, encode, budget })
  }

  /** Moves the position behind what the range has; its age counts from the first of it. */
  #passed(range: OpenRange): void {
    if (range.end === undefined) return
    this.offsets.passed(range.end)
    const { clock, limits } = this.#options
    this.#ageTimer ??= clock.after(limits.maxAgeMs, () => this.seal('age'))
  }

  /** Waits for the range before, then seals this one, unless that has happened meanwhile. */
  async #rotate(range: OpenRange, trigger: Trigger): Promise<void> {
    await this.settled()
    if (this.#open === range) this.seal(trigger)
  }

  async #storeAll(first: Trigger): Promise<void> {
    let trigger: Trigger | undefined = first
    try {
      while (trigger !== undefined && this.#open !== undefined) {
        const range = this.#open.seal(trigger)
        if (range === undefined) return
        this.#open = undefined
        this.#due = undefined
        this.#ageTimer?.cancel()
        this.#ageTimer = undefined
        this.#leavingBytes = range.files.reduce((sum, file) => sum + file.content.bytes, 0)
        await this.#options.land(range)
        this.#leavingBytes = 0
        trigger = this.#due
      }
    } finally {
      this.#storing = undefined
      this.#options.backpressure.settled()
    }
  }
}
