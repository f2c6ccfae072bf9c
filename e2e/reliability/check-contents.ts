/**
 * What the objects hold, against the log. A line of the format `json` does not tell its offset: a range must hold exactly
 * the records that the log has there, in its order, less those in the dead letters of the same range. Where that does
 * not hold, records are looked for by their content, to say what is wrong. Pure.
 */
import type { FindingList } from './finding-list.ts'
import type { NamedRange, ObjectName } from './object-name.ts'
import type { PartitionLog } from './partition-log.ts'

/** One record of an object, as far as the format tells it. */
export type StoredRecord = {
  readonly offset?: bigint
  /** Digest of what the value becomes in this format. */
  readonly line?: bigint
  /** Digest of the value's own bytes. */
  readonly value?: bigint
  /** Digest of timestamp, key and headers. */
  readonly meta?: bigint
}

export type StoredObject = { readonly name: ObjectName; readonly records: readonly StoredRecord[] }

/** The check of one partition. Feed it all ranges, then `finish`. */
export class ContentCheck {
  readonly #where: string
  readonly #log: PartitionLog
  readonly #findings: FindingList
  readonly #isExempt: (index: number) => boolean
  /** How often each record of the log was found. */
  readonly #seen: Uint8Array
  #byLine: Map<bigint, number> | undefined

  /** @param isExempt records that need not be there */
  constructor(
    where: string,
    log: PartitionLog,
    findings: FindingList,
    isExempt: (index: number) => boolean = () => false,
  ) {
    this.#isExempt = isExempt
    this.#where = where
    this.#log = log
    this.#findings = findings
    this.#seen = new Uint8Array(log.records)
  }

  /** Compares all objects of one range. */
  range(range: Pick<NamedRange, 'start' | 'end'>, objects: readonly StoredObject[]): void {
    const [withOffsets, without] = [true, false].map((wanted) =>
      objects.filter(({ records }) => (records[0]?.offset !== undefined) === wanted),
    ) as [StoredObject[], StoredObject[]]
    const told = new Set<number>()
    for (const object of withOffsets) this.#checkTold(range, object, told)
    const expected: number[] = []
    const end = this.#log.from(range.end + 1n)
    for (let index = this.#log.from(range.start); index < end; index++) {
      if (!told.has(index) && !this.#isExempt(index)) expected.push(index)
    }
    if (without.length === 0 || this.#isExactly(range, without, expected)) return
    this.#explain(range, without, expected)
  }

  /** LOST and DUPLICATE, of records below the frontier. */
  finish(frontier: bigint): void {
    const end = this.#log.from(frontier)
    for (let index = 0; index < this.#log.records; index++) {
      const seen = this.#seen[index] ?? 0
      const offset = this.#log.offsetAt(index)
      if (seen === 0 && index < end && !this.#isExempt(index)) {
        this.#findings.add('LOST', this.#where, `the record at offset ${offset} is in no object`)
      }
      if (seen > 1) {
        this.#findings.add(
          'DUPLICATE',
          this.#where,
          `the record at offset ${offset} is there ${seen} times`,
          seen - 1,
        )
      }
    }
  }

  /** Records that tell their offsets: dead letters, and lines of the format `envelope`. */
  #checkTold(
    { start, end }: Pick<NamedRange, 'start' | 'end'>,
    { name, records }: StoredObject,
    told: Set<number>,
  ): void {
    const { key } = name
    let before = -1n
    for (const { offset = -1n, line, value, meta } of records) {
      if (offset < before) this.#findings.add('REORDERED', key, `offset ${offset} comes after ${before}`)
      before = offset
      if (offset < start || offset > end) this.#findings.add('MISLABELLED', key, `it holds offset ${offset}`)
      const index = this.#log.at(offset)
      if (index === undefined) {
        if (offset >= this.#log.low)
          this.#findings.add('PHANTOM', key, `the log has no record at offset ${offset}`)
        continue
      }
      told.add(index)
      this.#see(index)
      const isValue = value === undefined || value === this.#log.valueAt(index)
      const isLine = line === undefined || line === this.#log.lineAt(index)
      if (!isValue || !isLine)
        this.#findings.add('CORRUPT', key, `the value at offset ${offset} is not the log's`)
      else if (meta !== undefined && meta !== this.#log.metaAt(index)) {
        this.#findings.add('CORRUPT', key, `key, timestamp or headers at offset ${offset} are not the log's`)
      }
    }
  }

  /** The usual case: one object, line by line what the log says. */
  #isExactly(
    { start }: Pick<NamedRange, 'start'>,
    objects: readonly StoredObject[],
    expected: readonly number[],
  ): boolean {
    const [object, ...more] = objects
    if (object === undefined || more.length > 0) return false
    // What retention has deleted since cannot be compared any more.
    const gone = start < this.#log.low ? Math.max(0, object.records.length - expected.length) : 0
    if (object.records.length - gone !== expected.length) return false
    const isSame = (index: number, i: number): boolean => {
      const record = object.records[i + gone]
      return record !== undefined && digestOf(record) === this.#digestAt(index, record)
    }
    if (!expected.every(isSame)) return false
    for (const index of expected) this.#see(index)
    return true
  }

  /** Finds each line's record by content, and says what is wrong. */
  #explain(
    { start, end }: Pick<NamedRange, 'start' | 'end'>,
    objects: readonly StoredObject[],
    expected: readonly number[],
  ): void {
    const example = objects.flatMap(({ records }) => records[0] ?? [])[0] ?? {}
    const waiting = Map.groupBy(expected, (index) => this.#digestAt(index, example))
    const unique = new Set([...waiting].filter(([, all]) => all.length === 1).map(([line]) => line))
    const strangers: string[] = []
    let isOutOfOrder = false
    for (const { name, records } of objects) {
      let before = -1
      for (const record of records) {
        const line = digestOf(record)
        const index = waiting.get(line)?.shift()
        if (index === undefined) {
          if (!this.#explainElsewhere(name.key, record, start, end)) strangers.push(name.key)
          continue
        }
        this.#see(index)
        // Of equal lines nobody can say which record they are.
        if (!unique.has(line)) continue
        if (index < before) {
          isOutOfOrder = true
          this.#findings.add(
            'REORDERED',
            name.key,
            `the record of offset ${this.#log.offsetAt(index)} comes too late`,
          )
        }
        before = Math.max(before, index)
      }
    }
    const missing = [...waiting.values()].flat().toSorted((a, b) => a - b)
    if (start >= this.#log.low) this.#explainStrangers(strangers, missing)
    const [only, ...more] = objects
    const isComplete = strangers.length === 0 && missing.length === 0
    if (
      only !== undefined &&
      more.length === 0 &&
      isComplete &&
      !isOutOfOrder &&
      only.records.length === expected.length
    ) {
      this.#findings.add('REORDERED', only.name.key, 'equal lines are not where the log has them')
    }
  }

  /** A line that its range does not expect: true if the log has it somewhere. */
  #explainElsewhere(key: string, record: StoredRecord, start: bigint, end: bigint): boolean {
    this.#byLine ??= this.#indexLines(record)
    const index = this.#byLine.get(digestOf(record))
    if (index === undefined) return false
    const offset = this.#log.offsetAt(index)
    if (offset < start || offset > end)
      this.#findings.add('MISLABELLED', key, `it holds the record of offset ${offset}`)
    this.#see(index)
    return true
  }

  /** A line that is nowhere in the log is a changed record if one is missing, else nobody knows where it is from. */
  #explainStrangers(strangers: readonly string[], missing: readonly number[]): void {
    for (const [i, key] of strangers.entries()) {
      const index = missing[i]
      if (index === undefined) this.#findings.add('PHANTOM', key, 'a line is of no record of the log')
      else {
        this.#see(index)
        this.#findings.add(
          'CORRUPT',
          key,
          `the value at offset ${this.#log.offsetAt(index)} is not the log's`,
        )
      }
    }
  }

  #indexLines(like: StoredRecord): Map<bigint, number> {
    const byLine = new Map<bigint, number>()
    for (let index = this.#log.records - 1; index >= 0; index--)
      byLine.set(this.#digestAt(index, like), index)
    return byLine
  }

  /** What the log says of a record, in the way in which the object says it. */
  #digestAt(index: number, like: StoredRecord): bigint {
    return like.line === undefined ? this.#log.valueAt(index) : this.#log.lineAt(index)
  }

  #see(index: number): void {
    this.#seen[index] = Math.min(255, (this.#seen[index] ?? 0) + 1)
  }
}

const digestOf = ({ line, value }: StoredRecord): bigint => line ?? value ?? 0n
