import { type Clock } from '../pacer.ts'

/** A clock that only moves when somebody sleeps or calls `advance`. `timerDelayMs` is how late each timer fires. */
export class FakeClock implements Clock {
  #nowMs: number
  readonly sleeps: number[] = []
  readonly #timerDelayMs: number

  constructor(options: { startMs?: number; timerDelayMs?: number } = {}) {
    this.#nowMs = options.startMs ?? 0
    this.#timerDelayMs = options.timerDelayMs ?? 0
  }

  now(): number {
    return this.#nowMs
  }

  advance(ms: number): void {
    this.#nowMs += ms
  }

  sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) {
      this.sleeps.push(delayMs)
      this.#nowMs += delayMs + this.#timerDelayMs
    }
    return Promise.resolve()
  }
}
