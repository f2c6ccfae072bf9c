/**
 * The memory that all partitions share. Nothing else decides what is thrown away when it is full.
 *
 * Most of it is slabs: buffers of one size that are allocated once and used again and again, so that a busy log makes no
 * garbage. Smaller buffers, of logs that hold little, and larger ones, for one batch, are the garbage collector's.
 */

import { RequestRefused } from '../error-codes.ts'
import { type Chunk } from './chunk.ts'

export type MemoryUser = {
  /** Gives up this chunk, which is its oldest one. */
  drop(chunk: Chunk): void
}

/** When the memory is full: the oldest records of any partition go, or Produce is refused. */
export type OnFull = 'drop-oldest' | 'refuse'

const largestSlabBytes = 1024 * 1024
const smallestSlabBytes = 64 * 1024
const fewestSlabs = 16

export class LogMemory {
  readonly slabBytes: number
  readonly #maxBytes: number
  readonly #onFull: OnFull
  /** In the order in which they were claimed. */
  readonly #chunks = new Map<Chunk, MemoryUser>()
  readonly #freeSlabs: Buffer[] = []
  #usedBytes = 0

  constructor(maxBytes: number, onFull: OnFull) {
    this.#maxBytes = maxBytes
    this.#onFull = onFull
    this.slabBytes = Math.max(
      smallestSlabBytes,
      Math.min(largestSlabBytes, Math.floor(maxBytes / fewestSlabs)),
    )
  }

  /** What chunks have allocated; those that are dropped and still on their way to a consumer count. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** To be called before something is allocated. @throws RequestRefused KAFKA_STORAGE_ERROR when full, and so configured */
  makeRoom(bytes: number): void {
    for (const [chunk, user] of this.#chunks) {
      if (this.#usedBytes + bytes <= this.#maxBytes) return
      if (this.#onFull === 'refuse')
        throw new RequestRefused(
          'KAFKA_STORAGE_ERROR',
          `the broker's memory of ${this.#maxBytes} bytes is full; delete records, or start it with more maxBytes`,
        )
      user.drop(chunk)
    }
  }

  allocate(bytes: number): Buffer {
    this.#usedBytes += bytes
    const slab = bytes === this.slabBytes ? this.#freeSlabs.pop() : undefined
    if (slab !== undefined) return slab
    while (
      this.#freeSlabs.length > 0 &&
      this.#usedBytes + this.#freeSlabs.length * this.slabBytes > this.#maxBytes
    )
      this.#freeSlabs.pop()
    return Buffer.allocUnsafeSlow(bytes)
  }

  /** Nobody reads the buffer any more. */
  free(buffer: Buffer): void {
    this.#usedBytes -= buffer.length
    if (buffer.length === this.slabBytes) this.#freeSlabs.push(buffer)
  }

  /** The chunk is in a log, and can be dropped. */
  claim(chunk: Chunk, user: MemoryUser): void {
    this.#chunks.set(chunk, user)
  }

  release(chunk: Chunk): void {
    if (this.#chunks.delete(chunk)) chunk.drop()
  }
}
