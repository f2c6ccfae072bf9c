/** Durations as people write and read them. In code a duration is always a number of milliseconds (`…Ms`). */

const unitMs = new Map([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
])

/** What a good value looks like, for help and error sentences. */
export const durationExample = '250ms, 30s, 5m, 2h or 7d'

/**
 * Milliseconds of `250ms`, `30s`, `5m`, `2h`, `7d`; decimals are fine (`1.5s`). A bare `0` is accepted, another bare
 * number is not: it would be a guess. `undefined` when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = /^(\d+(?:\.\d+)?)\s?(ms|s|m|h|d)$/i.exec(text.trim())
  if (match === null) return undefined
  const durationMs = Number(match[1]) * (unitMs.get((match[2] ?? '').toLowerCase()) ?? NaN)
  return Number.isFinite(durationMs) ? Math.round(durationMs) : undefined
}

/** For people: `250 ms`, `1.5 s`, `2 m 3 s`, `3 h 5 m`, `7 d 4 h`. Two units at most; negative values get a minus. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return 'unknown'
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`
  if (Math.round(durationMs) < 1000) return `${Math.round(durationMs)} ms`
  const tenths = Math.round(durationMs / 100)
  if (tenths < 100) return `${tenths / 10} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return pair(seconds, 60, 'm', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(minutes, 60, 'h', 'm')
  return pair(Math.round(minutes / 60), 24, 'd', 'h')
}

function pair(count: number, size: number, large: string, small: string): string {
  const rest = count % size
  const whole = `${Math.floor(count / size)} ${large}`
  return rest === 0 ? whole : `${whole} ${rest} ${small}`
}

/** As a setting is written: the largest unit that gives a whole number, such as `30s` or `90m`. Parses back exactly. */
export function writeDuration(durationMs: number): string {
  if (durationMs === 0) return '0'
  for (const [unit, perUnitMs] of unitMs) {
    if (durationMs % perUnitMs === 0) return `${durationMs / perUnitMs}${unit}`
  }
  return `${durationMs}ms`
}
