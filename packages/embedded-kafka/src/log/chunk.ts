/**
 * A contiguous piece of a partition's log in memory: batches as they go to consumers, one after the other, so that a
 * fetch is answered with a few large views. It grows until it is a slab. Bytes are never changed once they are in; whoever
 * keeps a view of them pins the chunk.
 */

import { type LogMemory } from './log-memory.ts'
import { RecordBatch, batchLength } from './record-batch.ts'

const firstBytes = 4_096
const growth = 4
const indexIntervalBytes = 4_096

/** Where a batch begins. */
type IndexEntry = { readonly offset: bigint; readonly position: number }

export class Chunk {
  readonly baseOffset: bigint
  /** Whether a segment in Kafka's sense begins here: retention deletes whole segments. */
  readonly beginsSegment: boolean
  readonly #memory: LogMemory
  readonly #firstBytes: number
  readonly #index: IndexEntry[] = []
  #bytes: Buffer = Buffer.alloc(0)
  #length = 0
  #maxTimestamp = -1
  #lastOffset = -1n
  #pins = 0
  #isDropped = false

  /** @param isSlabAtOnce does not begin small: the log is known to be written a lot */
  constructor(memory: LogMemory, baseOffset: bigint, beginsSegment: boolean, isSlabAtOnce: boolean) {
    this.#memory = memory
    this.baseOffset = baseOffset
    this.beginsSegment = beginsSegment
    this.#firstBytes = isSlabAtOnce ? memory.slabBytes : firstBytes
  }

  get length(): number {
    return this.#length
  }
  /** Memory that is really taken. */
  get capacity(): number {
    return this.#bytes.length
  }
  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  /** A batch that is larger than a slab gets a chunk of its own. */
  hasRoomFor(bytes: number): boolean {
    return this.#length === 0 || this.#length + bytes <= this.#memory.slabBytes
  }

  /** Memory that appending so many bytes would take. */
  growthFor(bytes: number): number {
    const needed = this.#length + bytes
    if (needed <= this.capacity) return 0
    const { slabBytes } = this.#memory
    let grown = Math.max(this.#firstBytes, growth * this.capacity)
    while (grown < needed) grown *= growth
    return Math.max(needed, Math.min(slabBytes, grown)) - this.capacity
  }

  append(batch: RecordBatch): void {
    const { bytes, baseOffset } = batch
    this.#grow(this.growthFor(bytes.length))
    bytes.copy(this.#bytes, this.#length)
    const last = this.#index.at(-1)
    if (last === undefined || this.#length - last.position >= indexIntervalBytes)
      this.#index.push({ offset: baseOffset, position: this.#length })
    this.#length += bytes.length
    this.#lastOffset = batch.lastOffset
    this.#maxTimestamp = Math.max(this.#maxTimestamp, batch.maxTimestamp)
  }

  pin(): void {
    this.#pins += 1
  }

  unpin(): void {
    this.#pins -= 1
    this.#freeIfUnused()
  }

  /** It is in no log any more. */
  drop(): void {
    this.#isDropped = true
    this.#freeIfUnused()
  }

  /** Position of the batch that holds the offset, or of the first one after it; the chunk's end if there is none. */
  positionOf(offset: bigint): number {
    if (offset > this.#lastOffset) return this.#length
    let position = this.#entryBefore(offset)
    while (position < this.#length && this.batchAt(position).lastOffset < offset)
      position += batchLength(this.#bytes, position)
    return position
  }

  batchAt(position: number): RecordBatch {
    return new RecordBatch(this.#bytes.subarray(position, position + batchLength(this.#bytes, position)))
  }

  *batches(from = 0): Generator<RecordBatch> {
    for (let position = from; position < this.#length; position += batchLength(this.#bytes, position))
      yield this.batchAt(position)
  }

  slice(from: number, to: number): Buffer {
    return this.#bytes.subarray(from, Math.min(to, this.#length))
  }

  #entryBefore(offset: bigint): number {
    let [low, high] = [0, this.#index.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const entry = this.#index[middle]
      if (entry !== undefined && entry.offset <= offset) low = middle + 1
      else high = middle
    }
    return this.#index[low - 1]?.position ?? 0
  }

  /** Views of the smaller buffer stay valid: it is the garbage collector's. */
  #grow(byBytes: number): void {
    if (byBytes === 0) return
    const smaller = this.#bytes
    this.#bytes = this.#memory.allocate(smaller.length + byBytes)
    smaller.copy(this.#bytes, 0, 0, this.#length)
    this.#memory.free(smaller)
  }

  #freeIfUnused(): void {
    if (!this.#isDropped || this.#pins > 0) return
    this.#memory.free(this.#bytes)
    this.#bytes = Buffer.alloc(0)
    this.#length = 0
  }
}
