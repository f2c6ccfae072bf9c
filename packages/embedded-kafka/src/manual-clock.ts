/** A clock that a test moves by hand: hours pass in no time, and nothing expires by accident. */

import { type Clock, type Timer } from './clock.ts'

export class ManualClock implements Clock {
  #now: number
  readonly #pending = new Set<{ readonly at: number; readonly action: () => void }>()

  /** @param now milliseconds since the epoch; the present by default */
  constructor(now: number = Date.now()) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { at: this.#now + Math.max(0, delayMs), action }
    this.#pending.add(entry)
    return { cancel: () => this.#pending.delete(entry) }
  }

  /** Lets time pass; what falls due on the way happens at its own time, in order. */
  advance(byMs: number): void {
    const until = this.#now + byMs
    for (;;) {
      const due = [...this.#pending].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#pending.delete(due)
      this.#now = due.at
      due.action()
    }
    this.#now = until
  }
}
