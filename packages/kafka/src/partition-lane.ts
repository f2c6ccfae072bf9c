/**
 * One assigned partition on its way to the handler. Owns the position (the offset that is taken next) and the order:
 * one batch at a time, never one that was not expected. Fetching goes on while a batch is handled, one batch ahead.
 */

import { type TopicPartition } from './record-consumer.ts'

/** Why a partition is not fetched: its start is not known yet, it has enough, or the app said so. */
type Hold = 'start' | 'full' | 'app'

/** One batch in the handler, one behind it. */
const roomFor = 2

export type LaneOptions = {
  /** Batches of an earlier assignment that may still be in the handler. */
  readonly before: Promise<void>
  /** Called when the reasons to hold become none or some. */
  readonly setFetching: (isFetching: boolean) => void
  readonly onFailure: (error: unknown) => void
}

export class PartitionLane implements TopicPartition {
  readonly topic: string
  readonly partition: number
  readonly #options: LaneOptions
  readonly #holds = new Set<Hold>()
  readonly #room: (() => void)[] = []
  /** The next offset to take; `undefined` until the start is known. */
  position: bigint | undefined
  #tail: Promise<void>
  #size = 0
  #isClosed = false
  #resumed: PromiseWithResolvers<void> | undefined

  constructor({ topic, partition }: TopicPartition, options: LaneOptions) {
    this.topic = topic
    this.partition = partition
    this.#options = options
    this.#tail = options.before
  }

  /** Settles when nothing of this lane is in the handler any more. Never rejects. */
  get settled(): Promise<void> {
    return this.#tail
  }

  hold(reason: Hold): void {
    if (this.#isClosed) return
    if (reason === 'app') this.#resumed ??= Promise.withResolvers()
    const wasFetching = this.#holds.size === 0
    this.#holds.add(reason)
    if (wasFetching) this.#options.setFetching(false)
  }

  release(reason: Hold): void {
    if (reason === 'app') {
      this.#resumed?.resolve()
      this.#resumed = undefined
    }
    if (this.#holds.delete(reason) && this.#holds.size === 0 && !this.#isClosed)
      this.#options.setFetching(true)
  }

  /** Takes one batch; `handle` runs when its turn comes and the app has not paused the partition. */
  push(handle: () => Promise<void>): void {
    this.#size += 1
    this.#tail = this.#takeTurn(this.#tail, handle)
  }

  async #takeTurn(before: Promise<void>, handle: () => Promise<void>): Promise<void> {
    await before
    try {
      await this.#resumed?.promise
      if (!this.#isClosed) await handle()
    } catch (error) {
      this.#options.onFailure(error)
    } finally {
      this.#size -= 1
      if (this.#size < roomFor) this.#makeRoom()
    }
  }

  /** Waits for room, at most `patienceMs`; after that the partition is not fetched until there is some. */
  async waitForRoom(patienceMs: number): Promise<void> {
    if (this.#size < roomFor || this.#isClosed) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.hold('full')
        resolve()
      }, patienceMs)
      this.#room.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** The partition is no longer ours: what waits is dropped. */
  close(): void {
    this.#isClosed = true
    this.#resumed?.resolve()
    this.#makeRoom()
  }

  #makeRoom(): void {
    for (const done of this.#room.splice(0)) done()
    this.release('full')
  }
}
