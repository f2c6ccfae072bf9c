/**
 * The log of one partition: record batches as they were received, with offsets assigned.
 *
 * Rules: offsets only grow; a batch is checked completely before anything changes; what a reader was given never changes.
 * There is one copy, so what is appended is committed at once: the high watermark is the end of the log.
 */

import { type Clock } from '../clock.ts'
import { RequestRefused } from '../error-codes.ts'
import { type TopicConfigs } from '../topic-configs.ts'
import { type AbortedTransaction, AbortedTransactions } from './aborted-transactions.ts'
import { checkBatch, checkRecords } from './batch-rules.ts'
import { Chunk } from './chunk.ts'
import { bytesOf, slicesOf } from './chunk-reading.ts'
import { compacted } from './compaction.ts'
import { type LogMemory } from './log-memory.ts'
import { type Pins } from './pins.ts'
import { ProducerState } from './producer-state.ts'
import { RecordBatch, noProducer } from './record-batch.ts'
import { firstToKeep, segmentsOf } from './retention.ts'
import { markerBatch } from './transaction-marker.ts'

export type Appended = {
  readonly baseOffset: bigint
  /** −1 when the records keep their own time. */
  readonly logAppendTimeMs: number
}

export type Read = {
  readonly records: readonly Buffer[]
  readonly bytes: number
  /** For read_committed only. */
  readonly aborted: readonly AbortedTransaction[] | null
}

export type ReadOptions = {
  readonly maxBytes: number
  /** The first batch comes whole, however large it is: nobody gets stuck on a large one. */
  readonly atLeastOne: boolean
  readonly isCommittedOnly: boolean
  /** Holds what the records are views of. */
  readonly pins: Pins
}

export class PartitionLog {
  readonly producers: ProducerState
  readonly #where: string
  readonly #configs: TopicConfigs
  readonly #clock: Clock
  readonly #memory: LogMemory
  readonly #aborted = new AbortedTransactions()
  readonly #epochs: { readonly epoch: number; readonly startOffset: bigint }[] = [
    { epoch: 0, startOffset: 0n },
  ]
  readonly #listeners = new Set<() => void>()
  #chunks: Chunk[] = []
  #startOffset = 0n
  #endOffset = 0n
  #segmentBytes = 0
  #segmentSince = 0

  /** @param where the partition, as Kafka names it in messages: `topic-0` */
  constructor(where: string, configs: TopicConfigs, clock: Clock, memory: LogMemory) {
    this.#where = where
    this.#configs = configs
    this.#clock = clock
    this.#memory = memory
    this.producers = new ProducerState(where)
  }

  /** Lowest offset that can be read. */
  get startOffset(): bigint {
    return this.#startOffset
  }
  /** Offset of the next record. */
  get highWatermark(): bigint {
    return this.#endOffset
  }
  /** Below it every transaction is decided. */
  get lastStableOffset(): bigint {
    const unstable = this.producers.firstUnstableOffset()
    if (unstable === undefined) return this.#endOffset
    return unstable < this.#startOffset ? this.#startOffset : unstable
  }
  /** Replicas that must be in sync for acks=all. */
  get minInSyncReplicas(): number {
    return this.#configs.number('min.insync.replicas')
  }
  get sizeBytes(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0)
  }
  get chunks(): readonly Chunk[] {
    return this.#chunks
  }

  /** `listener` runs after each change that a waiting fetch may care for, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Appends a producer's batch. A retry of a batch that is in already gets that one's offset.
   * @throws RequestRefused with Kafka's code; the log is as it was then
   */
  append(bytes: Buffer, leaderEpoch: number): Appended {
    const batch = new RecordBatch(bytes)
    checkBatch(batch, this.#configs, this.#where)
    const logAppendTimeMs = checkRecords(batch, this.#configs, this.#where, this.#clock.now())
    if (batch.producerId !== noProducer) {
      const duplicate = this.producers.duplicateOf(batch)
      if (duplicate !== undefined)
        return {
          baseOffset: duplicate.firstOffset,
          logAppendTimeMs: logAppendTimeMs === -1 ? -1 : duplicate.timestamp,
        }
      this.producers.check(batch, this.#endOffset)
    }
    const baseOffset = this.#add(batch, leaderEpoch)
    if (batch.producerId !== noProducer) this.producers.appended(batch)
    this.#changed()
    return { baseOffset, logAppendTimeMs }
  }

  /** Ends a producer's transaction here. @throws RequestRefused INVALID_PRODUCER_EPOCH */
  appendMarker(producerId: bigint, epoch: number, isCommit: boolean, leaderEpoch: number): void {
    this.producers.checkMarker(producerId, epoch, this.#endOffset)
    const timestamp = this.#clock.now()
    const batch = new RecordBatch(markerBatch({ producerId, epoch, isCommit, timestamp }))
    const lastOffset = this.#add(batch, leaderEpoch)
    const firstOffset = this.producers.ended(producerId, epoch, 0, timestamp)
    if (firstOffset !== undefined && !isCommit) this.#aborted.add({ producerId, firstOffset, lastOffset })
    this.#changed()
  }

  /** @throws RequestRefused OFFSET_OUT_OF_RANGE */
  read(offset: bigint, options: ReadOptions): Read {
    if (offset < this.#startOffset || offset > this.#endOffset)
      throw new RequestRefused(
        'OFFSET_OUT_OF_RANGE',
        `Received request for offset ${offset} for partition ${this.#where}, but we only have log segments in the range ${this.#startOffset} to ${this.#endOffset}.`,
      )
    const end = options.isCommittedOnly ? this.lastStableOffset : this.#endOffset
    const records = slicesOf(this.#chunks, { from: offset, end }, options)
    const bytes = records.reduce((sum, { length }) => sum + length, 0)
    const aborted = options.isCommittedOnly ? this.#aborted.between(offset, end) : null
    return { records, bytes, aborted }
  }

  /** Bytes that a read from here could return, without reading: what a waiting fetch counts. */
  bytesFrom(offset: bigint, isCommittedOnly: boolean): number {
    const end = isCommittedOnly ? this.lastStableOffset : this.#endOffset
    return bytesOf(this.#chunks, { from: offset, end })
  }

  /** Moves the start of the log up to the offset; whole chunks below it are freed. */
  deleteBefore(offset: bigint): void {
    if (offset <= this.#startOffset) return
    this.#startOffset = offset
    const kept = this.#chunks.findIndex((_, index) => this.#endOfChunk(index) > offset)
    const gone = this.#chunks.splice(0, kept === -1 ? this.#chunks.length : kept)
    for (const chunk of gone) this.#memory.release(chunk)
    this.#aborted.dropBefore(offset)
    this.#changed()
  }

  /** Deletes segments that are too old or too many, by the topic's settings. */
  retain(now: number): void {
    const kept = firstToKeep(segmentsOf(this.#chunks), {
      now,
      retentionMs: this.#configs.number('retention.ms'),
      retentionBytes: this.#configs.number('retention.bytes'),
    })
    this.deleteBefore(kept ?? this.#endOffset)
  }

  /** Drops replaced records of all segments but the one that is being written, and of no open transaction. */
  compact(now: number): void {
    const active = this.#chunks.findLastIndex(({ beginsSegment }) => beginsSegment)
    const closed = this.#chunks.slice(0, Math.max(0, active))
    const stable = this.lastStableOffset
    if (closed.length === 0 || closed.some((_, index) => this.#endOfChunk(index) > stable)) return
    const batches = closed.flatMap((chunk) => [...chunk.batches()])
    const limits = { now, deleteRetentionMs: this.#configs.number('delete.retention.ms') }
    const left = compacted(batches, limits)
    if (left.length === batches.length && left.every((batch, at) => batch === batches[at])) return
    const chunks: Chunk[] = []
    for (const batch of left) {
      let chunk = chunks.at(-1)
      if (chunk === undefined || !chunk.hasRoomFor(batch.bytes.length)) {
        chunk = new Chunk(this.#memory, batch.baseOffset, chunk === undefined, false)
        chunks.push(chunk)
        this.#memory.claim(chunk, this)
      }
      chunk.append(batch)
    }
    this.#chunks.splice(0, closed.length, ...chunks)
    for (const chunk of closed) this.#memory.release(chunk)
  }

  /** Loses what is behind the offset, as an unclean election does; for faults. */
  truncateTo(offset: bigint): void {
    if (offset >= this.#endOffset) return
    const at = this.#chunks.findLastIndex(({ baseOffset }) => baseOffset <= offset)
    const gone = this.#chunks.splice(Math.max(0, at))
    this.#endOffset = gone[0]?.baseOffset ?? offset
    for (const batch of gone[0]?.batches() ?? []) {
      if (batch.lastOffset >= offset) break
      this.#append(batch)
    }
    for (const chunk of gone) this.#memory.release(chunk)
    this.#startOffset = this.#startOffset < this.#endOffset ? this.#startOffset : this.#endOffset
    this.producers.truncateTo(this.#endOffset)
    this.#changed()
  }

  /** The memory is full and this is its oldest chunk. */
  drop(chunk: Chunk): void {
    const index = this.#chunks.indexOf(chunk)
    if (index >= 0) this.deleteBefore(this.#endOfChunk(index))
  }

  /** The topic is gone: memory is freed, waiting fetches hear of it. */
  close(): void {
    for (const chunk of this.#chunks) this.#memory.release(chunk)
    this.#chunks = []
    this.#startOffset = this.#endOffset
    this.#changed()
  }

  /** Another leader appends from now on; waiting fetches are answered. */
  beginEpoch(epoch: number): void {
    this.#epochs.push({ epoch, startOffset: this.#endOffset })
    this.#changed()
  }

  /** Under which leader the record at the offset was (or would be) appended. */
  epochAt(offset: bigint): number {
    return this.#epochs.findLast(({ startOffset }) => startOffset <= offset)?.epoch ?? -1
  }

  /** The epoch itself or the last one before it, and where that one ended (KIP-101, KIP-320). */
  endOfEpoch(epoch: number): { readonly epoch: number; readonly endOffset: bigint } | undefined {
    const at = this.#epochs.findLastIndex((one) => one.epoch <= epoch)
    const latest = this.#epochs.at(-1)
    const found = this.#epochs[at]
    if (found === undefined || latest === undefined || epoch > latest.epoch) return undefined
    return { epoch: found.epoch, endOffset: this.#epochs[at + 1]?.startOffset ?? this.#endOffset }
  }

  /** First offset behind a chunk. */
  #endOfChunk(index: number): bigint {
    return this.#chunks[index + 1]?.baseOffset ?? this.#endOffset
  }

  #add(batch: RecordBatch, leaderEpoch: number): bigint {
    this.#memory.makeRoom(this.#chunkFor(batch).growthFor(batch.bytes.length))
    const baseOffset = this.#endOffset
    batch.assign(baseOffset, leaderEpoch)
    this.#append(batch)
    return baseOffset
  }

  #append(batch: RecordBatch): void {
    // Not the one from before room was made: that may be gone.
    const chunk = this.#chunkFor(batch)
    if (chunk !== this.#chunks.at(-1)) this.#begin(chunk)
    chunk.append(batch)
    this.#segmentBytes += batch.bytes.length
    this.#endOffset = batch.lastOffset + 1n
  }

  /** The last chunk, or a new one that is not in the log yet. */
  #chunkFor({ bytes: { length } }: RecordBatch): Chunk {
    const last = this.#chunks.at(-1)
    const rolls =
      last === undefined ||
      this.#segmentBytes + length > this.#configs.number('segment.bytes') ||
      this.#clock.now() - this.#segmentSince >= this.#configs.number('segment.ms')
    if (!rolls && last.hasRoomFor(length)) return last
    return new Chunk(this.#memory, this.#endOffset, rolls, !rolls && last.capacity >= this.#memory.slabBytes)
  }

  #begin(chunk: Chunk): void {
    if (chunk.beginsSegment) {
      this.#segmentBytes = 0
      this.#segmentSince = this.#clock.now()
    }
    this.#chunks.push(chunk)
    this.#memory.claim(chunk, this)
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
