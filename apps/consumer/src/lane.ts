/**
 * One assigned partition: the range it is filling, and the one range that is on its way into the store.
 *
 * Rules: one unfinished range at a time (R4: the next one fills meanwhile, and is sealed after the first is stored);
 * after `close` nothing is taken, and what was open is dropped, to be read again from the chain's frontier. Between two
 * assignments it is suspended: it keeps what is open, and goes on when the partition comes back and nobody else stored it.
 * Called by the pipeline only.
 */
import type { FetchedBatch, TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { RangeLink, Tail } from './chain/link.ts'
import type { PartitionChain } from './chain/partition-chain.ts'
import { TailProof } from './chain/tail-proof.ts'
import type { Clock, Timer } from './clock.ts'
import type { Encoding } from './format/encoding.ts'
import type { MemoryBudget } from './memory-budget.ts'
import type { Offsets } from './offsets.ts'
import { OpenRange, type SealedRange } from './range.ts'
import { limitReached, timerOf, type Limits, type Trigger } from './triggers.ts'

/** What a lane begins with, when the chain says so. */
export type LaneStart = {
  /** A range that another run claimed and did not finish: it comes first. */
  readonly claimed?: { readonly link: RangeLink; readonly encoding: Encoding }
  readonly topicId?: string | undefined
  /** The last record that the chain knows of. */
  readonly tail?: Tail
  /** The log still has its offset: then it must have the record, too. */
  readonly isTailInLog?: boolean
}

export type LaneOptions = LaneStart & {
  readonly at: TopicPartition
  readonly chain: PartitionChain
  readonly offsets: Offsets
  readonly encoding: Encoding
  readonly limits: Limits
  readonly budget: MemoryBudget
  readonly clock: Clock
  readonly isCompacted: () => Promise<boolean>
  /** Claims and stores a range. Never rejects: what goes wrong closes the lane. */
  readonly land: (range: SealedRange) => Promise<void>
  readonly backpressure: {
    /** Resolves when there may be memory again. */
    relieve(): Promise<void>
    /** Nothing of this lane is being stored any more. */
    settled(): void
  }
}

type State = 'taking' | 'draining' | 'suspended' | 'closed'

export class Lane {
  readonly at: TopicPartition
  readonly chain: PartitionChain
  readonly topicId: string | undefined
  readonly offsets: Offsets
  /** The last record that the chain knows of. */
  tail: Tail | undefined
  readonly #options: LaneOptions
  #state: State = 'taking'
  #highWatermark: bigint | undefined
  #claimed: LaneStart['claimed']
  #proof: TailProof | undefined
  #open: OpenRange | undefined
  #ageTimer: Timer | undefined
  /** Set while a range is being stored: the next one is to follow at once. */
  #due: Trigger | undefined
  #storing: Promise<void> | undefined
  #largestBatchBytes = 0
  #leavingBytes = 0
  #leavingTimestamp: bigint | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.at = options.at
    this.chain = options.chain
    this.topicId = options.topicId
    this.offsets = options.offsets
    this.tail = options.tail
    this.#claimed = options.claimed
    if (options.tail && options.isTailInLog === true) this.#proof = this.#proofOf(options.tail)
  }

  /** Of the open range: what sealing it would set free. */
  get bytes(): number {
    return this.#open === undefined || this.#isUnfinishedClaim ? 0 : this.#open.bytes
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

  /** Of the first record that was taken and is not stored; milliseconds since 1970. */
  get oldestTimestamp(): bigint | undefined {
    return this.#leavingTimestamp ?? this.#open?.firstTimestamp
  }

  get isStoring(): boolean {
    return this.#storing !== undefined
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** Where its next range begins: the frontier of the chain, as far as this lane knows. */
  get frontier(): bigint {
    return this.#open?.start ?? this.offsets.next
  }

  /** A next batch may not fit before the range that is being stored is done: better not to fetch it yet. */
  get isCrowded(): boolean {
    return this.isStoring && this.bytes + this.#largestBatchBytes > this.#options.limits.maxBytes
  }

  /**
   * Takes what is new of the batch into ranges, sealing them as limits are reached. Nothing of the batch is kept.
   * Throws a PartitionHalt when the log is not the one that was stored.
   */
  async take({ records, firstOffset, lastOffset, highWatermark }: FetchedBatch): Promise<void> {
    this.#highWatermark = highWatermark
    await this.#proof?.check(records)
    this.#proof = undefined
    this.offsets.skipTaken(records)
    if (this.#state === 'taking' && !this.offsets.isAtTarget && firstOffset > this.offsets.next) {
      // What lies between would be in no object. A bug: `skip` tells of offsets without records.
      throw new Error(`a batch at ${firstOffset} came when ${this.offsets.next} was next`)
    }
    while (this.#state === 'taking' && !this.offsets.isAtTarget && this.offsets.next <= lastOffset) {
      const range = (this.#open ??= this.#begin())
      const before = range.bytes
      range.append(records, this.#stopOf(range, lastOffset))
      this.#largestBatchBytes = Math.max(this.#largestBatchBytes, range.bytes - before)
      if (range.blockedBy === undefined) this.#cover(range, lastOffset)
      else this.#passed(range)
      if (range.blockedBy === 'memory') await this.#options.backpressure.relieve()
      else if (range.blockedBy !== undefined) await this.#rotate(range, range.blockedBy)
    }
  }

  /** The position moved over offsets without records (K12): they become part of a range all the same. */
  async skip(nextOffset: bigint): Promise<void> {
    await this.#proof?.requireCompacted()
    this.#proof = undefined
    while (this.#state === 'taking' && !this.offsets.isAtTarget && this.offsets.next < nextOffset) {
      this.#cover((this.#open ??= this.#begin()), nextOffset - 1n)
    }
  }

  /** Seals the open range now, or as soon as the one before it is stored or the partition is back. */
  seal(trigger: Trigger): void {
    if (this.#open?.end === undefined || this.isClosed || this.#isUnfinishedClaim) return
    if (this.#storing === undefined && this.#state !== 'suspended') this.#storing = this.#storeAll(trigger)
    else this.#due ??= trigger
  }

  /** Resolves when nothing is being stored. */
  async settled(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing
  }

  /** Takes nothing more. The range that is being stored is finished, what is open stays to be sealed. */
  stopTaking(): void {
    if (this.#state === 'taking') this.#state = 'draining'
  }

  /** The partition was taken away, perhaps only for a moment. The range on its way is finished; none follows. */
  suspend(): void {
    if (this.isClosed) return
    this.#state = 'suspended'
    this.#options.budget.wake()
  }

  /**
   * The partition is back, and nobody else stored anything of it.
   * @param low the first offset of the log
   * @returns where to read on: from the last record that was taken, which has to be there still
   */
  resume(low: bigint): bigint {
    if (this.#state === 'suspended') this.#state = 'taking'
    if (this.#due !== undefined) this.seal(this.#due)
    const last = this.#open?.last ?? this.tail
    if (last === undefined || last.offset < low) return this.offsets.next
    this.#proof = this.#proofOf(last)
    return last.offset
  }

  /** Takes nothing more and drops what is open. */
  close(): void {
    this.#state = 'closed'
    this.#due = undefined
    this.#ageTimer?.cancel()
    this.#open?.drop()
    this.#open = undefined
  }

  #proofOf(tail: Tail): TailProof {
    return new TailProof(this.at, tail, this.#options.isCompacted)
  }

  get #isUnfinishedClaim(): boolean {
    return this.#open?.claimed !== undefined && !this.#open.isComplete
  }

  #begin(): OpenRange {
    const { at, encoding, limits, budget, clock } = this.#options
    const claimed = this.#claimed
    this.#claimed = undefined
    return new OpenRange({
      at,
      start: this.offsets.next,
      limits,
      encoding: claimed?.encoding ?? encoding,
      budget,
      plannedAtMs: claimed?.link.plannedAt ?? clock.wallMs(),
      claimed: claimed?.link,
    })
  }

  /** The first offset that the range may not take, if the batch reaches it. */
  #stopOf(range: OpenRange, lastOffset: bigint): bigint | undefined {
    const stop = range.stop ?? this.offsets.target
    return stop !== undefined && lastOffset >= stop ? stop : undefined
  }

  /** Everything up to this offset was taken: the range has it, up to where it has to end. */
  #cover(range: OpenRange, lastOffset: bigint): void {
    const stop = this.#stopOf(range, lastOffset)
    range.extendTo(stop === undefined ? lastOffset : stop - 1n)
    this.#passed(range)
    if (range.isComplete) this.seal('recovery')
    else if (range.claimed !== undefined) return
    else if (this.offsets.isAtTarget) this.seal('until-end')
    else {
      const trigger = limitReached(range, this.#options.limits)
      if (trigger !== undefined) this.seal(trigger)
    }
  }

  /** Moves the position behind what the range has; its age counts from the first of it. */
  #passed(range: OpenRange): void {
    if (range.end === undefined) return
    this.offsets.passed(range.end)
    const { clock, limits } = this.#options
    if (this.#ageTimer !== undefined) return
    const { delayMs, trigger } = timerOf(limits, clock.wallMs())
    this.#ageTimer = clock.after(delayMs, () => this.seal(trigger))
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
        this.#leavingTimestamp = this.#open.firstTimestamp
        this.#open = undefined
        this.#due = undefined
        this.#ageTimer?.cancel()
        this.#ageTimer = undefined
        this.#leavingBytes = range.files.reduce((sum, file) => sum + file.content.bytes, 0)
        await this.#options.land(range)
        this.#leavingBytes = 0
        this.#leavingTimestamp = undefined
        trigger = this.#state === 'suspended' ? undefined : this.#due
      }
    } finally {
      this.#storing = undefined
      this.#options.backpressure.settled()
    }
  }
}
