/** Counts and rates as people write and read them. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const fine = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 })

/** What a good rate looks like, for help and error sentences. */
export const rateExample = '500/s, 30/m or 0.5/s'

/** For people: `1,234,567`. Takes bigint too: offsets and their differences are bigint. */
export function formatCount(count: number | bigint): string {
  return typeof count === 'number' && !Number.isFinite(count) ? 'unknown' : grouped.format(count)
}

/** For people: `1,234/s`; below 10 a second with two digits, `0.25/s`. */
export function formatRate(perSecond: number): string {
  if (!Number.isFinite(perSecond)) return 'unknown'
  return `${Math.abs(perSecond) < 10 ? fine.format(perSecond) : grouped.format(perSecond)}/s`
}

/** A count and its noun: `1 record`, `2,000 records`. An irregular plural is given. */
export function formatCountOf(count: number | bigint, noun: string, plural: string = `${noun}s`): string {
  return `${formatCount(count)} ${Number(count) === 1 ? noun : plural}`
}

/** Events per second of `500/s`, `30/m`, `2/h`; more than 0. `undefined` when the text is no rate. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?\/\s?(s|m|h)$/i.exec(text.trim())
  if (match === null) return undefined
  const seconds = { s: 1, m: 60, h: 3600 }[(match[2] ?? '').toLowerCase()] ?? 1
  const perSecond = Number(match[1]) / seconds
  return perSecond > 0 && Number.isFinite(perSecond) ? perSecond : undefined
}
