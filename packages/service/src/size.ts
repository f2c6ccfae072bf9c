/** Sizes as people write and read them. In code a size is always a number of bytes (`…Bytes`). */

/** The largest first. */
const unitBytes = new Map([
  ['TiB', 1024 ** 4],
  ['TB', 1e12],
  ['GiB', 1024 ** 3],
  ['GB', 1e9],
  ['MiB', 1024 ** 2],
  ['MB', 1e6],
  ['KiB', 1024],
  ['kB', 1e3],
  ['B', 1],
])
const bytesOfLowerCase = new Map([...unitBytes].map(([unit, perUnit]) => [unit.toLowerCase(), perUnit]))

/** What a good value looks like, for help and error sentences. */
export const sizeExample = '64KiB, 16MiB or 10MB'

/**
 * Bytes of `64KiB` (binary), `10MB` (decimal) or `1048576`; upper and lower case are the same; decimals are fine when
 * they come to whole bytes. `64K` is refused: it means 1000 to some and 1024 to others. `undefined` when it is no size.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?(b|[kmgt]i?b)?$/i.exec(text.trim())
  if (match === null) return undefined
  const perUnitBytes = bytesOfLowerCase.get((match[2] ?? 'b').toLowerCase()) ?? NaN
  const exactBytes = Number(match[1]) * perUnitBytes
  // 1.1 * 1e9 is not a whole number in binary floating point: of a decimal the last, noisy digits are dropped.
  const sizeBytes = match[1]?.includes('.') === true ? Number(exactBytes.toPrecision(15)) : exactBytes
  return Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined
}

/** For people, decimal units: `512 B`, `1.5 MB`, `23 GB`. */
export function formatSize(sizeBytes: number): string {
  if (!Number.isFinite(sizeBytes)) return 'unknown'
  if (sizeBytes < 0) return `-${formatSize(-sizeBytes)}`
  let value = sizeBytes
  let unit = 'B'
  for (const next of ['kB', 'MB', 'GB', 'TB', 'PB']) {
    if (rounded(value) < 1000) break
    value /= 1000
    unit = next
  }
  return `${unit === 'B' ? Math.round(value) : rounded(value)} ${unit}`
}

function rounded(value: number): number {
  return value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value)
}

/** As a setting is written: the largest unit that gives a whole number, such as `64KiB` or `10MB`. Parses back exactly. */
export function writeSize(sizeBytes: number): string {
  if (sizeBytes === 0) return '0'
  for (const [unit, perUnitBytes] of unitBytes) {
    if (sizeBytes % perUnitBytes === 0) return `${sizeBytes / perUnitBytes}${unit}`
  }
  return `${sizeBytes}B`
}
