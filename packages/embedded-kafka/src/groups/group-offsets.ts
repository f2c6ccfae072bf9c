/** The offsets that a group has committed, and those that wait for the end of a transaction (KIP-98, KIP-447). */

export type CommittedOffset = {
  readonly offset: bigint
  readonly leaderEpoch: number
  readonly metadata: string
  readonly committedAt: number
}

export type OffsetKey = { readonly topic: string; readonly partition: number }

const keyOf = ({ topic, partition }: OffsetKey): string => `${topic} ${partition}`

function keyFrom(key: string): OffsetKey {
  const [topic = '', partition] = key.split(' ')
  return { topic, partition: Number(partition) }
}

export class GroupOffsets {
  readonly #committed = new Map<string, CommittedOffset>()
  /** By producer id. */
  readonly #pending = new Map<bigint, Map<string, CommittedOffset>>()

  get size(): number {
    return this.#committed.size
  }

  find(key: OffsetKey): CommittedOffset | undefined {
    return this.#committed.get(keyOf(key))
  }

  all(): readonly (readonly [OffsetKey, CommittedOffset])[] {
    return [...this.#committed].map(([key, offset]) => [keyFrom(key), offset] as const)
  }

  commit(key: OffsetKey, offset: CommittedOffset): void {
    this.#committed.set(keyOf(key), offset)
  }

  /** Takes effect when the producer's transaction commits. */
  commitLater(producerId: bigint, key: OffsetKey, offset: CommittedOffset): void {
    const pending = this.#pending.get(producerId) ?? new Map<string, CommittedOffset>()
    this.#pending.set(producerId, pending.set(keyOf(key), offset))
  }

  isPending(key: OffsetKey): boolean {
    return [...this.#pending.values()].some((offsets) => offsets.has(keyOf(key)))
  }

  hasPending(): boolean {
    return this.#pending.size > 0
  }

  endTransaction(producerId: bigint, isCommit: boolean): void {
    const pending = this.#pending.get(producerId)
    this.#pending.delete(producerId)
    if (isCommit && pending !== undefined)
      for (const [key, offset] of pending) this.#committed.set(key, offset)
  }

  delete(key: OffsetKey): void {
    this.#committed.delete(keyOf(key))
    for (const offsets of this.#pending.values()) offsets.delete(keyOf(key))
  }

  deleteTopic(topic: string): void {
    for (const key of this.#committed.keys()) if (keyFrom(key).topic === topic) this.delete(keyFrom(key))
  }

  /** Forgets what was committed before a time. */
  expire(before: number): void {
    for (const [key, { committedAt }] of this.#committed)
      if (committedAt < before) this.#committed.delete(key)
  }
}
