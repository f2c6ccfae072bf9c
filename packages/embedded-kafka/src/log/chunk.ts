/**
 * A contiguous piece of a partition's log in memory: batches as they go to consumers, one after the other, so that a
 * fetch is answered with a few large views. Bytes are never changed once they are in; old views stay valid. A large batch
 * is not copied: the buffer of its request's frame becomes the chunk.
 */

import { RecordBatch, batchLength } from './record-batch.ts'

const firstBytes = 4_096
const mostBytes = 1024 * 1024
const indexIntervalBytes = 4_096

/** Where a batch begins, and the highest timestamp of all batches of the chunk up to the next entry. */
type IndexEntry = { readonly offset: bigint; readonly position: number }

export class Chunk {
  readonly baseOffset: bigint
  /** Whether a segment in Kafka's sense begins here: retention deletes whole segments. */
  readonly beginsSegment: boolean
  readonly #capacityLimit: number
  readonly #firstBytes: number
  readonly #index: IndexEntry[] = []
  #bytes: Buffer = Buffer.alloc(0)
  #capacity = 0
  #length = 0
  #maxTimestamp = -1
  #lastOffset = -1n

  private constructor(
    baseOffset: bigint,
    beginsSegment: boolean,
    size: { readonly capacityLimit: number; readonly firstBytes: number },
  ) {
    this.baseOffset = baseOffset
    this.beginsSegment = beginsSegment
    this.#capacityLimit = size.capacityLimit
    this.#firstBytes = size.firstBytes
  }

  /** For batches to come. @param isWholeAtOnce grows no more: the log is known to be written a lot */
  static forMany(baseOffset: bigint, beginsSegment: boolean, isWholeAtOnce: boolean): Chunk {
    const size = { capacityLimit: mostBytes, firstBytes: isWholeAtOnce ? mostBytes : firstBytes }
    return new Chunk(baseOffset, beginsSegment, size)
  }

  /** For this one batch, which still has to be appended. */
  static forOne({ bytes }: RecordBatch, baseOffset: bigint, beginsSegment: boolean): Chunk {
    return new Chunk(baseOffset, beginsSegment, { capacityLimit: bytes.length, firstBytes: bytes.length })
  }

  /** Whether a batch should get a chunk of its own: nothing is copied then, or it is too large to share one. */
  static isForOne({ bytes, mayKeepBuffer }: RecordBatch): boolean {
    return mayKeepBuffer || bytes.length > mostBytes / 4
  }

  get length(): number {
    return this.#length
  }
  /** Memory that is really taken. */
  get capacity(): number {
    return this.#capacity
  }
  /** Full grown: many batches came before it was full. */
  get isFullGrown(): boolean {
    return this.#capacity === mostBytes
  }
  get maxTimestamp(): number {
    return this.#maxTimestamp
  }

  hasRoomFor(bytes: number): boolean {
    return this.#length + bytes <= this.#capacityLimit
  }

  append(batch: RecordBatch): void {
    const { bytes, baseOffset } = batch
    if (batch.mayKeepBuffer && bytes.length === this.#capacityLimit) {
      this.#bytes = bytes
      this.#capacity = bytes.length
    } else {
      this.#grow(this.#length + bytes.length)
      bytes.copy(this.#bytes, this.#length)
    }
    const last = this.#index.at(-1)
    if (last === undefined || this.#length - last.position >= indexIntervalBytes)
      this.#index.push({ offset: baseOffset, position: this.#length })
    this.#length += bytes.length
    this.#lastOffset = batch.lastOffset
    this.#maxTimestamp = Math.max(this.#maxTimestamp, batch.maxTimestamp)
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

  #grow(needed: number): void {
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(
      Math.min(this.#capacityLimit, Math.max(needed, 2 * this.#bytes.length, this.#firstBytes)),
    )
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    this.#capacity = larger.length
  }
}
