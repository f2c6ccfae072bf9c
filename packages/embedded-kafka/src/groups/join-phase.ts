/** How long a rebalance waits for its members. It owns the timer and nothing else; the group says when all are there. */

import { type Clock, type Timer } from '../clock.ts'

export class JoinPhase {
  readonly #clock: Clock
  readonly #onEnd: () => void
  #timer: Timer | undefined
  /** Whether this is the first phase after Empty, and whether somebody joined since its delay began. */
  #isInitial = false
  #isSomebodyNew = false

  constructor(clock: Clock, onEnd: () => void) {
    this.#clock = clock
    this.#onEnd = onEnd
  }

  get isInitial(): boolean {
    return this.#isInitial
  }

  /** The first members of a group come one by one: each one that comes prolongs the wait, up to the whole time-out. */
  beginInitial(delayMs: number, rebalanceTimeoutMs: number): void {
    this.#isInitial = true
    this.#awaitMore(delayMs, delayMs, Math.max(0, rebalanceTimeoutMs - delayMs))
  }

  /** Ends at the latest then. */
  endAfter(delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.after(delayMs, this.#onEnd)
  }

  somebodyJoined(): void {
    if (this.#isInitial) this.#isSomebodyNew = true
  }

  end(): void {
    this.#timer?.cancel()
    this.#isInitial = false
    this.#isSomebodyNew = false
  }

  #awaitMore(stepMs: number, delayMs: number, leftMs: number): void {
    if (delayMs === 0) return this.#onEnd()
    this.#timer?.cancel()
    this.#timer = this.#clock.after(delayMs, () => {
      if (!this.#isSomebodyNew || leftMs === 0) return this.#onEnd()
      this.#isSomebodyNew = false
      return this.#awaitMore(stepMs, Math.min(stepMs, leftMs), Math.max(0, leftMs - delayMs))
    })
  }
}
