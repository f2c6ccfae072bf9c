/**
 * What waits for one partition. Rule: one batch is under way at a time and the next is the oldest, so that the order
 * of a key holds whatever happens to a batch. A batch closes when it is full, or when its first record waited `lingerMs`.
 */

export type LaneBatch<R> = { readonly records: readonly R[]; readonly sizeBytes: number }

export class PartitionLane<R> {
  readonly #batchBytes: number
  readonly #lingerMs: number
  readonly #deliver: (batch: LaneBatch<R>) => Promise<void>
  #closed: LaneBatch<R>[] = []
  #open: R[] = []
  #openBytes = 0
  #timer: NodeJS.Timeout | undefined
  #isDue = false
  #delivering: Promise<void> | undefined

  /** `deliver` sends a batch and settles its account; it must not reject. */
  constructor(options: {
    readonly batchBytes: number
    readonly lingerMs: number
    deliver(batch: LaneBatch<R>): Promise<void>
  }) {
    this.#batchBytes = options.batchBytes
    this.#lingerMs = options.lingerMs
    this.#deliver = (batch) => options.deliver(batch)
  }

  /** Adds a record of `sizeBytes`. A record larger than a batch travels alone. */
  add(record: R, sizeBytes: number): void {
    if (this.#open.length > 0 && this.#openBytes + sizeBytes > this.#batchBytes) this.#close()
    if (this.#open.length === 0) this.#timer = setTimeout(() => this.#lingered(), this.#lingerMs)
    this.#open.push(record)
    this.#openBytes += sizeBytes
    if (this.#openBytes >= this.#batchBytes) this.#close()
  }

  /** Sends what waits without lingering; resolves when nothing is left. */
  async flush(): Promise<void> {
    this.#close()
    while (this.#delivering !== undefined) await this.#delivering
  }

  #lingered(): void {
    if (this.#delivering === undefined) this.#close()
    else this.#isDue = true
  }

  #close(): void {
    clearTimeout(this.#timer)
    this.#isDue = false
    if (this.#open.length > 0) {
      this.#closed.push({ records: this.#open, sizeBytes: this.#openBytes })
      this.#open = []
      this.#openBytes = 0
    }
    this.#deliverNext()
  }

  #deliverNext(): void {
    const batch = this.#delivering === undefined ? this.#closed.shift() : undefined
    if (batch !== undefined) this.#delivering = this.#deliverOne(batch)
  }

  async #deliverOne(batch: LaneBatch<R>): Promise<void> {
    await this.#deliver(batch)
    this.#delivering = undefined
    if (this.#isDue && this.#closed.length === 0) this.#close()
    else this.#deliverNext()
  }
}
