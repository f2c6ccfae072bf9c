/**
 * Time zones of IANA: from an instant to what a clock on the wall shows then. Summer time and its history come from Node's
 * own tables.
 *
 * Hot: one call a record. The offset is asked for once per block of time; only in a block in which it changes is every
 * instant asked for.
 */

/** About 37 hours: no zone has ever changed its offset and back within so little time. */
const blockMs = 2 ** 27
const mostBlocks = 100_000

/** The wall clock's time as if it were UTC, in milliseconds since 1970, for an instant in milliseconds since 1970. */
export type WallClock = (instantMs: number) => number

/** Throws a RangeError for a name that is no time zone. Instants are of the years 1 to 9999. */
export function wallClockOf(timeZone: string): WallClock {
  const offsetOf = offsetsOf(timeZone)
  if (timeZone === 'UTC') return (instantMs) => instantMs
  /** Undefined: it changes in the block. */
  const blocks = new Map<number, number | undefined>()
  return (instantMs) => {
    const block = Math.floor(instantMs / blockMs)
    let offsetMs = blocks.get(block)
    if (offsetMs === undefined && !blocks.has(block)) {
      const [first, last] = [offsetOf(block * blockMs), offsetOf((block + 1) * blockMs - 1)]
      if (first === last) offsetMs = first
      if (blocks.size >= mostBlocks) blocks.clear()
      blocks.set(block, offsetMs)
    }
    return instantMs + (offsetMs ?? offsetOf(instantMs))
  }
}

function offsetsOf(timeZone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (instantMs) => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, value]))
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year')
    const local = new Date(0)
    local.setUTCFullYear(year, number('month') - 1, number('day'))
    local.setUTCHours(number('hour'), number('minute'), number('second'))
    return local.getTime() - Math.floor(instantMs / 1_000) * 1_000
  }
}
