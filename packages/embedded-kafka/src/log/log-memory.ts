/** The memory that all partitions share. Nothing else decides what is thrown away when it is full. */

import { RequestRefused } from '../error-codes.ts'
import { type Chunk } from './chunk.ts'

export type MemoryUser = {
  /** Gives up this chunk, which is its oldest one. */
  drop(chunk: Chunk): void
}

/** When the memory is full: the oldest records of any partition go, or Produce is refused. */
export type OnFull = 'drop-oldest' | 'refuse'

export class LogMemory {
  readonly #maxBytes: number
  readonly #onFull: OnFull
  /** In the order in which they were claimed. */
  readonly #chunks = new Map<Chunk, MemoryUser>()
  #usedBytes = 0

  constructor(maxBytes: number, onFull: OnFull) {
    this.#maxBytes = maxBytes
    this.#onFull = onFull
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  /** To be called before a batch is appended. @throws RequestRefused KAFKA_STORAGE_ERROR when full, and so configured */
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

  claim(chunk: Chunk, user: MemoryUser): void {
    this.#chunks.set(chunk, user)
    this.#usedBytes += chunk.capacity
  }

  resized(byBytes: number): void {
    this.#usedBytes += byBytes
  }

  release(chunk: Chunk): void {
    if (this.#chunks.delete(chunk)) this.#usedBytes -= chunk.capacity
  }
}
