/** When a range is sealed. Pure: the timers and the memory behind two of the triggers live with their owners. */

import type { WallClock } from './format/time-zone.ts'

/**
 * `records`, `bytes`, `age`: the limits of the settings. `memory`: the budget is used up and this range is the largest.
 * `schedule`: the clock reached a multiple of `--rotate-every`.
 * `until-end`: the last wanted record is in. `drain`: the process is asked to stop. `recovery`: another run had claimed it.
 */
export type Trigger = 'records' | 'bytes' | 'age' | 'schedule' | 'memory' | 'until-end' | 'drain' | 'recovery'

const dayMs = 86_400_000

export type Limits = {
  /** Undefined: no limit. */
  readonly maxRecords: number | undefined
  /** Uncompressed content of one object. A single record that is larger makes an object of its own. */
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** Multiples of `everyMs` since midnight of this clock. Undefined: no schedule. */
  readonly schedule?: { readonly everyMs: number; readonly wallClock: WallClock }
}

export type RangeSize = { readonly records: number; readonly bytes: number }

/** The limit that the range has reached, if any. */
export function limitReached(range: RangeSize, limits: Limits): 'records' | 'bytes' | undefined {
  if (limits.maxRecords !== undefined && range.records >= limits.maxRecords) return 'records'
  return range.bytes >= limits.maxBytes ? 'bytes' : undefined
}

/** What seals a range that begins now, if nothing else does before. The wall clock is read once: the wait does not jump with it. */
export function timerOf(
  { maxAgeMs, schedule }: Limits,
  wallMs: number,
): { readonly delayMs: number; readonly trigger: 'age' | 'schedule' } {
  if (schedule === undefined) return { delayMs: maxAgeMs, trigger: 'age' }
  const { everyMs, wallClock } = schedule
  const sinceMidnightMs = wallClock(wallMs) % dayMs
  const delayMs = Math.min(everyMs - (sinceMidnightMs % everyMs), dayMs - sinceMidnightMs)
  return delayMs < maxAgeMs ? { delayMs, trigger: 'schedule' } : { delayMs: maxAgeMs, trigger: 'age' }
}

/** The open range to seal when memory is short: the largest one. Undefined when none holds anything. */
export function largestOf<T extends RangeSize>(ranges: Iterable<T>): T | undefined {
  let largest: T | undefined
  for (const range of ranges) {
    if (range.bytes > (largest?.bytes ?? 0)) largest = range
  }
  return largest
}
