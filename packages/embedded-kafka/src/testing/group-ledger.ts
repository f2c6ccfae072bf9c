/**
 * What the members of one group did, all of one process: written down as it happens, judged when it is over. Pure.
 *
 * Rules: a partition has one owner in a generation. A member begins where the group's offset is. Every record is consumed;
 * more than once only if a member lost the partition before its offset was taken.
 */

type Range = { readonly from: bigint; readonly to: bigint }

type PartitionBook = {
  /** Number of records that were acknowledged to the producer. */
  produced: bigint
  /** How often each offset was consumed. */
  readonly consumed: Map<bigint, number>
  /** What a member consumed and could not commit: the next one may consume it again. */
  readonly repeatable: Range[]
  highestConsumed: bigint
  /** Last offset that a commit was acknowledged for. */
  committed: bigint
}

export class GroupLedger {
  readonly violations: string[] = []
  readonly #owners = new Map<string, string>()
  readonly #books: readonly PartitionBook[]
  #assignments = 0
  #generations = 0

  constructor(partitions: number) {
    this.#books = Array.from({ length: partitions }, () => ({
      produced: 0n,
      consumed: new Map<bigint, number>(),
      repeatable: [],
      highestConsumed: -1n,
      committed: 0n,
    }))
  }

  /** Assignments that members got, one for each member and generation. */
  get assignments(): number {
    return this.#assignments
  }
  /** Highest generation that somebody was in. */
  get generations(): number {
    return this.#generations
  }
  get produced(): number {
    return this.#books.reduce((sum, { produced }) => sum + Number(produced), 0)
  }
  /** Different records that were consumed. */
  get consumed(): number {
    return this.#books.reduce((sum, { consumed }) => sum + consumed.size, 0)
  }
  get repeated(): number {
    return this.#books.reduce(
      (sum, { consumed }) => sum + [...consumed.values()].reduce((more, times) => more + times - 1, 0),
      0,
    )
  }

  wasProduced(partition: number, baseOffset: bigint, records: number): void {
    const book = this.#book(partition)
    if (baseOffset !== book.produced)
      this.violations.push(`records of ${partition} got the offset ${baseOffset}, not ${book.produced}`)
    book.produced = baseOffset + BigInt(records)
  }

  wasAssigned(member: string, generation: number, partitions: readonly number[]): void {
    this.#assignments += 1
    this.#generations = Math.max(this.#generations, generation)
    for (const partition of partitions) {
      const key = `${partition} in generation ${generation}`
      const owner = this.#owners.get(key)
      if (owner !== undefined && owner !== member)
        this.violations.push(`${key} is owned by ${owner} and by ${member}`)
      this.#owners.set(key, member)
    }
  }

  /** A member asked where to begin. @param offset −1: nothing was committed yet */
  wasTold(partition: number, offset: bigint, by: string): void {
    const { committed, highestConsumed } = this.#book(partition)
    const from = offset < 0n ? 0n : offset
    if (from < committed)
      this.violations.push(`${by} was told ${from} for ${partition}, though ${committed} was committed`)
    if (from > highestConsumed + 1n)
      this.violations.push(
        `${by} was told ${from} for ${partition}: beyond ${highestConsumed}, the last consumed`,
      )
  }

  wasConsumed(partition: number, offset: bigint): void {
    const book = this.#book(partition)
    book.consumed.set(offset, (book.consumed.get(offset) ?? 0) + 1)
    if (offset > book.highestConsumed) book.highestConsumed = offset
  }

  wasCommitted(partition: number, offset: bigint): void {
    const book = this.#book(partition)
    if (offset > book.committed) book.committed = offset
  }

  /** A member lost the partition with these records consumed and not committed. */
  wasLost(partition: number, from: bigint, to: bigint): void {
    if (from < to) this.#book(partition).repeatable.push({ from, to })
  }

  /** Whether the group's offsets are at the end of all partitions. */
  get isAtEnd(): boolean {
    return this.#books.every(({ produced, committed }) => committed >= produced)
  }

  /** All violations, those included that show in the end only. */
  judged(): readonly string[] {
    const found = [...this.violations]
    for (const [partition, { produced, consumed, repeatable }] of this.#books.entries()) {
      for (let offset = 0n; offset < produced; offset++)
        if (!consumed.has(offset)) found.push(`${partition}/${offset} was lost`)
      for (const [offset, times] of consumed)
        if (times > 1 && !repeatable.some(({ from, to }) => from <= offset && offset < to))
          found.push(`${partition}/${offset} was consumed ${times} times, though it was committed`)
    }
    return found
  }

  #book(partition: number): PartitionBook {
    const book = this.#books[partition]
    if (book === undefined) throw new RangeError(`no partition ${partition}`)
    return book
  }
}
