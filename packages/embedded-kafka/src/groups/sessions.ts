/** The sessions of a group's members, by member id: each ends unless it is renewed in time. */

import { type Clock, type Timer } from '../clock.ts'

export class Sessions {
  readonly #clock: Clock
  readonly #onEnd: (memberId: string) => void
  readonly #timers = new Map<string, Timer>()

  constructor(clock: Clock, onEnd: (memberId: string) => void) {
    this.#clock = clock
    this.#onEnd = onEnd
  }

  renew(memberId: string, timeoutMs: number): void {
    this.#timers.get(memberId)?.cancel()
    const timer = this.#clock.after(timeoutMs, () => {
      this.#timers.delete(memberId)
      this.#onEnd(memberId)
    })
    this.#timers.set(memberId, timer)
  }

  forget(memberId: string): void {
    this.#timers.get(memberId)?.cancel()
    this.#timers.delete(memberId)
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }
}
