/**
 * The bytes of one object while they are being collected: chunks of the memory budget, filled in order.
 * One owner at a time (a range, then the storer); after `release` it is empty for good.
 */
import { MemoryBudget } from './memory-budget.ts'

const newline = 0x0a

/** What follows each part that is written: a newline, or nothing. */
export type Framing = 'line' | 'none'

/** How many bytes that is. */
export const framingBytes = { line: 1, none: 0 } as const

export class Content {
  readonly #budget: MemoryBudget
  readonly #framing: Framing
  /** Chunks that are full; the one being filled is `#current`. */
  readonly #full: { readonly chunk: Buffer<ArrayBuffer>; readonly length: number }[] = []
  #current: Buffer<ArrayBuffer> | undefined
  #at = 0
  #bytes = 0
  /** Memory that is held outside chunks: compressed output. */
  #heldBytes = 0

  constructor(budget: MemoryBudget, framing: Framing = 'line') {
    this.#budget = budget
    this.#framing = framing
  }

  /** Takes over buffers that were allocated elsewhere, and counts them. */
  static holding(budget: MemoryBudget, buffers: readonly Buffer<ArrayBuffer>[]): Content {
    const content = new Content(budget)
    for (const chunk of buffers) content.#full.push({ chunk, length: chunk.length })
    content.#bytes = buffers.reduce((sum, { length }) => sum + length, 0)
    content.#heldBytes = content.#bytes
    budget.hold(content.#bytes)
    return content
  }

  /** A copy of a few bytes, outside any budget. */
  static of(bytes: Uint8Array): Content {
    const copy = Buffer.alloc(bytes.length)
    copy.set(bytes)
    return Content.holding(new MemoryBudget(Number.MAX_SAFE_INTEGER), [copy])
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Copies the bytes and what follows them. False when the budget has no room: nothing is written then, unless it may go beyond. */
  write(bytes: Uint8Array, beyondBudget = false): boolean {
    const needed = bytes.length + framingBytes[this.#framing]
    let chunk = this.#current
    if (chunk === undefined || needed > chunk.length - this.#at) {
      chunk = this.#nextChunk(needed, beyondBudget)
      if (chunk === undefined) return false
    }
    chunk.set(bytes, this.#at)
    if (this.#framing === 'line') chunk[this.#at + bytes.length] = newline
    this.#at += needed
    this.#bytes += needed
    return true
  }

  /** What was written, in order. Valid until `release` or `drain`. */
  chunks(): readonly Buffer<ArrayBuffer>[] {
    const views = this.#full.map(({ chunk, length }) => chunk.subarray(0, length))
    if (this.#current !== undefined && this.#at > 0) views.push(this.#current.subarray(0, this.#at))
    return views
  }

  /** Hands out the chunks one after the other and gives each back once the next is asked for. */
  *drain(): Generator<Buffer<ArrayBuffer>> {
    if (this.#current !== undefined) this.#full.push({ chunk: this.#current, length: this.#at })
    this.#current = undefined
    for (let next = this.#full.shift(); next !== undefined; next = this.#full.shift()) {
      try {
        yield next.chunk.subarray(0, next.length)
      } finally {
        this.#giveBack(next.chunk)
      }
    }
  }

  release(): void {
    const all = this.drain()
    while (all.next().done !== true);
    if (this.#heldBytes > 0) this.#budget.release(this.#heldBytes)
    this.#heldBytes = 0
  }

  #nextChunk(needed: number, beyondBudget: boolean): Buffer<ArrayBuffer> | undefined {
    const step = this.#full.length + (this.#current === undefined ? 0 : 1)
    const chunk = this.#budget.takeChunk(needed, step, beyondBudget)
    if (chunk === undefined) return undefined
    if (this.#current !== undefined) this.#full.push({ chunk: this.#current, length: this.#at })
    this.#current = chunk
    this.#at = 0
    return chunk
  }

  #giveBack(chunk: Buffer<ArrayBuffer>): void {
    // Buffers that were taken over are counted as a whole: see `holding`.
    if (this.#heldBytes === 0) this.#budget.giveChunk(chunk)
  }
}
