/** Time as an argument: what needs it takes a clock, tests move one by hand. */

export type Timer = { cancel(): void }

export type Clock = {
  /** Milliseconds of a clock that only goes forward; only differences mean something. */
  nowMs(): number
  /** Milliseconds since 1970; may jump. For names and notes, never for durations. */
  wallMs(): number
  /** Calls back once after the delay, also when nothing else happens. */
  after(delayMs: number, callBack: () => void): Timer
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs, callBack) {
    const timer = setTimeout(callBack, delayMs)
    return { cancel: () => clearTimeout(timer) }
  },
}
