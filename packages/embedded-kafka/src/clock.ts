/** Time, for everything in the broker: sessions, rebalances, long polls, transactions, retention. */

export type Timer = { cancel(): void }

export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs `action` once, `delayMs` from now. A pending timer does not keep the process alive. */
  after(delayMs: number, action: () => void): Timer
}

/** `setTimeout` takes no more; what is due later is as good as never here. */
const longestDelayMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, action) {
    const timeout = setTimeout(action, Math.min(Math.max(0, delayMs), longestDelayMs))
    timeout.unref()
    return { cancel: () => clearTimeout(timeout) }
  },
}
