/** What the checker can find wrong. Every finding is one code, how many it concerns, and one sentence. */

/** In the order in which they are told; the sentence says what a reader of the lake would notice. */
export const findingCodes = {
  OVERLAP: 'two objects cover the same offset',
  GAP: 'no object covers an offset that holds a record',
  MISLABELLED: "an object's name says something else than its content",
  LOST: 'a record of the log is nowhere in the lake',
  DUPLICATE: 'a record is there twice',
  PHANTOM: 'something is there that the log does not hold',
  CORRUPT: 'the bytes of a record are not those of the log',
  REORDERED: 'records are not in the order in which they were written',
  LOST_ACK: 'a record was acknowledged and is not in the log',
  WRONG_ACK: 'what was said of a record is not what became of it',
  COMMIT_AHEAD: 'an offset was committed before all below it was stored',
  REWRITTEN: 'an object was changed or removed after it was created',
} as const

export type FindingCode = keyof typeof findingCodes

export type Finding = {
  readonly code: FindingCode
  /** Records, objects or samples that it concerns: at least 1. */
  readonly count: number
  /** A whole sentence: where, what, and the first example. */
  readonly sentence: string
}

/** What a run of the checker says. */
export type CheckReport = {
  readonly version: 1
  /** Data records of the log (transactions that were aborted are not among them). */
  readonly records: number
  /** Objects of `topics/` and `dead/` that were read and compared. */
  readonly objects: number
  /** Entries of the ledger. */
  readonly sends: number
  /** Samples of the history. */
  readonly samples: number
  readonly findings: readonly Finding[]
}

/** How many each code concerns; codes that were not found are left out. */
export function countByCode(findings: readonly Finding[]): Partial<Record<FindingCode, number>> {
  const counts: Partial<Record<FindingCode, number>> = {}
  for (const { code, count } of findings) counts[code] = (counts[code] ?? 0) + count
  return counts
}
