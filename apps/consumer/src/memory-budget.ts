/**
 * One budget of memory for all record content of the process, whatever the number of partitions: chunks that ranges
 * fill, and the bodies that wait to be stored. Owns the pool of chunks that are used again.
 *
 * Rule: `usedBytes` + the pool never exceed the limit, with two exceptions that keep the process moving: a single record
 * larger than the whole budget gets its memory when nothing else is held, and a range that another run claimed goes beyond
 * it (its size was that run's choice).
 * What the Kafka client holds of a fetch is outside.
 */

/** An object begins small, as there may be ten thousand open at once, and grows to chunks that are worth a system call. */
const poolSizes = [4, 16, 64, 256, 1024].map((kibibytes) => kibibytes * 1024)

/** Below this much, a seal is asked for while the rest of the budget is still free: work goes on meanwhile. */
const tightShare = 0.8

export class MemoryBudget {
  readonly limitBytes: number
  #usedBytes = 0
  #peakBytes = 0
  #pooledBytes = 0
  readonly #pool = new Map<number, Buffer<ArrayBuffer>[]>(poolSizes.map((size) => [size, []]))
  #waiting: (() => void)[] = []

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  get peakBytes(): number {
    return this.#peakBytes
  }

  /** More than four fifths are used: time to seal the largest range. */
  get isTight(): boolean {
    return this.#usedBytes > this.limitBytes * tightShare
  }

  /**
   * A chunk of at least `minBytes`; the `step`-th of a range is larger than the one before, so that a thousand
   * quiet partitions cost little. Undefined when the budget does not hold it: wait for {@link freed} and ask again.
   */
  takeChunk(minBytes: number, step: number, beyondBudget = false): Buffer<ArrayBuffer> | undefined {
    const growth = Math.min(step, poolSizes.length - 1)
    const size = Math.max(minBytes, poolSizes[growth] ?? 0)
    if (!beyondBudget && this.#usedBytes + size > this.limitBytes && this.#usedBytes > 0) {
      // A smaller chunk may do.
      return size > minBytes && growth > 0 ? this.takeChunk(minBytes, growth - 1) : undefined
    }
    const pooled = this.#pool.get(size)?.pop()
    if (pooled !== undefined) this.#pooledBytes -= size
    this.hold(size)
    return pooled ?? Buffer.allocUnsafeSlow(size)
  }

  /** Gives a chunk back: it is used again if there is room for it. */
  giveChunk(chunk: Buffer<ArrayBuffer>): void {
    const pool = this.#pool.get(chunk.length)
    this.#usedBytes -= chunk.length
    if (pool !== undefined && this.#usedBytes + this.#pooledBytes + chunk.length <= this.limitBytes) {
      pool.push(chunk)
      this.#pooledBytes += chunk.length
    }
    this.wake()
  }

  /** Counts memory that its owner has allocated in exchange for chunks it gave back, and {@link release}s later. */
  hold(bytes: number): void {
    this.#usedBytes += bytes
    this.#peakBytes = Math.max(this.#peakBytes, this.#usedBytes)
    this.#trimPool()
  }

  release(bytes: number): void {
    this.#usedBytes -= bytes
    this.wake()
  }

  /** Resolves the next time that memory is given back. */
  freed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Lets all who wait for memory look again, also when none was given back: what they counted on may have ended. */
  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  #trimPool(): void {
    for (const size of poolSizes.toReversed()) {
      const pool = this.#pool.get(size)
      while (this.#usedBytes + this.#pooledBytes > this.limitBytes && pool?.pop() !== undefined) {
        this.#pooledBytes -= size
      }
    }
  }
}
