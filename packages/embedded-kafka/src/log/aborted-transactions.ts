/** Which transactions of a partition were aborted, so that a read_committed consumer can leave their records out. */

export type AbortedTransaction = {
  readonly producerId: bigint
  readonly firstOffset: bigint
  /** Offset of the abort marker. */
  readonly lastOffset: bigint
}

export class AbortedTransactions {
  #all: AbortedTransaction[] = []

  add(transaction: AbortedTransaction): void {
    this.#all.push(transaction)
  }

  /** Those with a record in `[from, to)`, by their first offset as consumers want them. */
  between(from: bigint, to: bigint): readonly AbortedTransaction[] {
    return this.#all
      .filter(({ firstOffset, lastOffset }) => lastOffset >= from && firstOffset < to)
      .toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  }

  dropBefore(offset: bigint): void {
    this.#all = this.#all.filter(({ lastOffset }) => lastOffset >= offset)
  }
}
