/** What an inspection of a lake found: differences from what the chains say, and notes, which are no differences. */

/** As the README explains them. */
export const differenceCodes = [
  'missing',
  'truncated',
  'changed',
  'swapped',
  'duplicate',
  'renamed',
  'foreign',
  'orphan',
  'miscounted',
  'misnamed',
  'link-missing',
  'link-unreadable',
  'link-misplaced',
  'link-overlap',
  'epoch-open',
  'settings',
  'record-changed',
  'log-changed',
] as const
type DifferenceCode = (typeof differenceCodes)[number]

export const noteCodes = ['unfinished', 'lost', 'given-up', 'collected', 'not-in-log', 'compacted'] as const
type NoteCode = (typeof noteCodes)[number]

export type Finding = {
  readonly code: DifferenceCode | NoteCode
  /** The object that it is about, below the lake. */
  readonly key: string
  /** Continues "<key> …". */
  readonly sentence: string
}

const notes: ReadonlySet<string> = new Set(noteCodes)

export function isDifference({ code }: Finding): boolean {
  return !notes.has(code)
}
