/** What the names of the objects say, without their content: ranges are disjoint and cover every record. Pure. */
import type { FindingList } from './finding-list.ts'
import type { NamedRange } from './object-name.ts'
import type { PartitionLog } from './partition-log.ts'

export type NamesToCheck = {
  /** `topic/partition`, for the sentences. */
  readonly where: string
  /** By their start, as `rangesOf` gives them. */
  readonly ranges: readonly NamedRange[]
  /** Undefined for an epoch that the log does not hold any more: only overlaps can be seen then. */
  readonly log: PartitionLog | undefined
  /** The first offset that need not be stored yet. */
  readonly frontier: bigint
  /** Records that need not be there: an operator gave them up, or null values are skipped. */
  readonly isExempt: (index: number) => boolean
}

/** OVERLAP, GAP, and MISLABELLED as far as names show it. */
export function checkNames(
  { where, ranges, log, frontier, isExempt }: NamesToCheck,
  findings: FindingList,
): void {
  let next = log?.low ?? 0n
  for (const { start, end, objects } of ranges) {
    for (const { key, contradiction } of objects) {
      if (contradiction !== undefined) findings.add('MISLABELLED', key, contradiction)
    }
    const twice = [...Map.groupBy(objects, ({ area, path }) => `${area}/${path}`).values()].find(
      ({ length }) => length > 1,
    )
    if (twice !== undefined) {
      findings.add(
        'OVERLAP',
        where,
        `${twice.map(({ key }) => key).join(' and ')} are one range in one folder`,
      )
    }
    if (next > start && start >= (log?.low ?? 0n)) {
      const records = log === undefined ? 1 : log.from(end < next ? end + 1n : next) - log.from(start)
      const what = `the range ${start}-${end} begins below offset ${next}, which is where the ranges before it end`
      findings.add('OVERLAP', where, what, Math.max(1, records))
    }
    gap(next, start)
    if (end >= next) next = end + 1n
  }
  gap(next, frontier)

  function gap(from: bigint, to: bigint): void {
    if (log === undefined) return
    let missing = 0
    let first: bigint | undefined
    for (let index = log.from(from); index < log.records && log.offsetAt(index) < to; index++) {
      if (isExempt(index)) continue
      first ??= log.offsetAt(index)
      missing++
    }
    if (missing > 0) findings.add('GAP', where, `no range covers the record at offset ${first}`, missing)
  }
}
