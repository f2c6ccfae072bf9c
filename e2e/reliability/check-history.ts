/** What was seen while the sink worked: commits never run ahead of the lake, and an object stays what it was. Pure. */
import type { FindingList } from './finding-list.ts'
import { objectNameOf, rangesOf, type NamedRange, type ObjectName } from './object-name.ts'
import { logKey, type Log, type PartitionLog } from './partition-log.ts'

/** One look at the cluster and the lake: first the commits were read, then the lake was listed. */
export type HistorySample = {
  readonly atMs: number
  readonly committed: readonly {
    readonly topic: string
    readonly partition: number
    readonly offset: string
  }[]
  /** Objects that are new or changed since the sample before, with anything that names their content. */
  readonly seen: readonly { readonly key: string; readonly content: string }[]
  /** Objects that are gone since the sample before. */
  readonly gone: readonly string[]
}

export type HistoryToCheck = {
  readonly samples: Iterable<HistorySample>
  /** The names of all objects at the end: a range is stored when all of its objects are there. */
  readonly names: readonly ObjectName[]
  readonly log: Log
  /** Records that need not be there. */
  readonly isExempt: (partition: PartitionLog, index: number) => boolean
}

/** COMMIT_AHEAD and REWRITTEN. Returns how many samples there were. */
export function checkHistory(
  { samples, names, log, isExempt }: HistoryToCheck,
  findings: FindingList,
): number {
  const contents = new Map<string, string>()
  const here = new Set<string>()
  const prefixes = new Map<string, StoredPrefix>()
  let count = 0
  for (const { committed, seen, gone } of samples) {
    count++
    for (const { key, content } of seen) {
      const before = contents.get(key)
      if (before !== undefined && before !== content) findings.add('REWRITTEN', key, 'it had two contents')
      contents.set(key, content)
      here.add(key)
    }
    for (const key of gone) {
      here.delete(key)
      if (objectNameOf(key) !== undefined) findings.add('REWRITTEN', key, 'it was removed')
    }
    for (const { topic, partition, offset } of committed) {
      const key = logKey({ topic, partition })
      const partitionLog = log.get(key)
      if (partitionLog === undefined) continue
      const prefix = prefixes.get(key) ?? new StoredPrefix(names, partitionLog, isExempt)
      prefixes.set(key, prefix)
      const stored = prefix.end(here)
      if (BigInt(offset) > stored) {
        findings.add(
          'COMMIT_AHEAD',
          key,
          `${offset} was committed when only what is below ${stored} was stored`,
        )
      }
    }
  }
  return count
}

/** How far a partition is stored without a gap. It only grows. */
class StoredPrefix {
  readonly #ranges: readonly NamedRange[]
  readonly #log: PartitionLog
  readonly #isExempt: HistoryToCheck['isExempt']
  #done = 0
  #next: bigint

  constructor(names: readonly ObjectName[], log: PartitionLog, isExempt: HistoryToCheck['isExempt']) {
    const own = names.filter(({ topic, partition }) => topic === log.topic && partition === log.partition)
    const epoch = Math.max(0, ...own.map((name) => name.epoch))
    this.#ranges = rangesOf(own.filter((name) => name.epoch === epoch))
    this.#log = log
    this.#isExempt = isExempt
    this.#next = log.low
  }

  /** The offset of the first record that is not stored; the log's end if there is none. */
  end(here: ReadonlySet<string>): bigint {
    for (; this.#done < this.#ranges.length; this.#done++) {
      const range = this.#ranges[this.#done]
      if (range === undefined || range.start > this.#firstNeeded()) break
      if (!range.objects.every(({ key }) => here.has(key))) break
      if (range.end >= this.#next) this.#next = range.end + 1n
    }
    return this.#firstNeeded()
  }

  #firstNeeded(): bigint {
    let index = this.#log.from(this.#next)
    while (index < this.#log.records && this.#isExempt(this.#log, index)) index++
    return index < this.#log.records ? this.#log.offsetAt(index) : this.#log.high
  }
}
