/**
 * Releases posts when they are due. Owns the distance between the schedule and the clock; the schedule itself is pure.
 * A post is released no earlier than its deadline, and together with all others that are due by then.
 */

import { type Schedule } from './schedule.ts'

/** Monotonic time in milliseconds, and a sleep that ends early (without an error) when the signal is aborted. */
export type Clock = {
  now(): number
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

export type Backlog = 'catch-up' | 'skip'

/** How the run kept to its schedule. `skipped` counts stalls after which the schedule moved, `skippedMs` their sum. */
export type Punctuality = {
  readonly maxBehindMs: number
  readonly behindMs: number
  readonly skipped: number
  readonly skippedMs: number
}

/** With `--backlog skip`, a delay below this is timer jitter, which the schedule makes up for. */
const toleranceMs = 100

export class Pacer {
  readonly #clock: Clock
  readonly #schedule: Schedule
  readonly #backlog: Backlog
  #startMs: number | undefined
  #behindMs = 0
  #maxBehindMs = 0
  #skipped = 0
  #skippedMs = 0

  constructor(options: { clock: Clock; schedule: Schedule; backlog: Backlog }) {
    this.#clock = options.clock
    this.#schedule = options.schedule
    this.#backlog = options.backlog
  }

  /** Hands on the posts of each chunk as they fall due; ends at the abort of `stop`, dropping what was not yet due. */
  async *pace<T extends { readonly pauseMs: number }>(
    chunks: AsyncIterable<readonly T[]>,
    stop: AbortSignal,
  ): AsyncGenerator<readonly T[]> {
    for await (const chunk of chunks) {
      // The clock starts with the first post that is there to be sent: connecting is not a delay.
      this.#startMs ??= this.#clock.now()
      let from = 0
      for (const [position, post] of chunk.entries()) {
        const dueMs = this.#startMs + this.#schedule(post.pauseMs)
        if (dueMs > this.#clock.now()) {
          if (position > from) yield chunk.slice(from, position)
          from = position
          await this.#sleepUntil(dueMs, stop)
          if (stop.aborted) return
        }
        this.#noteDelay(dueMs)
      }
      if (from < chunk.length) yield chunk.slice(from)
      if (stop.aborted) return
    }
  }

  punctuality(): Punctuality {
    return {
      maxBehindMs: Math.round(this.#maxBehindMs),
      behindMs: Math.round(this.#behindMs),
      skipped: this.#skipped,
      skippedMs: Math.round(this.#skippedMs),
    }
  }

  /** A timer may fire early by a fraction of a millisecond, hence the loop. */
  async #sleepUntil(dueMs: number, stop: AbortSignal): Promise<void> {
    for (;;) {
      const delayMs = dueMs - this.#clock.now()
      if (delayMs <= 0 || stop.aborted) return
      await this.#clock.sleep(delayMs, stop)
    }
  }

  #noteDelay(due: number): void {
    const behindMs = this.#clock.now() - due
    this.#behindMs = behindMs
    if (behindMs > this.#maxBehindMs) this.#maxBehindMs = behindMs
    if (this.#backlog === 'skip' && behindMs > toleranceMs) {
      this.#startMs = (this.#startMs ?? 0) + behindMs
      this.#behindMs = 0
      this.#skipped++
      this.#skippedMs += behindMs
    }
  }
}
