/** When a range is sealed. Pure: the timers and the memory behind two of the triggers live with their owners. */

/**
 * `records`, `bytes`, `age`: the limits of the settings. `memory`: the budget is used up and this range is the largest.
 * `until-end`: the last wanted record is in. `drain`: the process is asked to stop. `recovery`: another run had claimed it.
 */
export type Trigger = 'records' | 'bytes' | 'age' | 'memory' | 'until-end' | 'drain' | 'recovery'

export type Limits = {
  /** Undefined: no limit. */
  readonly maxRecords: number | undefined
  /** Uncompressed content of one object. A single record that is larger makes an object of its own. */
  readonly maxBytes: number
  readonly maxAgeMs: number
}

export type RangeSize = { readonly records: number; readonly bytes: number }

/** The limit that the range has reached, if any. */
export function limitReached(range: RangeSize, limits: Limits): 'records' | 'bytes' | undefined {
  if (limits.maxRecords !== undefined && range.records >= limits.maxRecords) return 'records'
  return range.bytes >= limits.maxBytes ? 'bytes' : undefined
}

/** The open range to seal when memory is short: the largest one. Undefined when none holds anything. */
export function largestOf<T extends RangeSize>(ranges: Iterable<T>): T | undefined {
  let largest: T | undefined
  for (const range of ranges) {
    if (range.bytes > (largest?.bytes ?? 0)) largest = range
  }
  return largest
}
