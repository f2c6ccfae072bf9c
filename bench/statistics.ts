/** What several runs of one case come to. Pure. */

export type Spread = { readonly min: number; readonly median: number; readonly max: number }

/** Of an even number of values the median is the mean of the middle two. Throws a RangeError without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) throw new RangeError('There is no spread of no values.')
  const upper = sorted[Math.floor(sorted.length / 2)] ?? max
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? min
  return { min, median: (lower + upper) / 2, max }
}
