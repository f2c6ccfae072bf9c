/**
 * The rules of the claim protocol as switches, and the worlds it is tried in. All rules on is the protocol; each rule off is a
 * wrong variant, for which the explorer must find a counterexample.
 */

/** True: the rule holds. The numbers are those of the protocol's description. */
const rules = {
  /** R1: the genesis is a created object. Off: without links, everybody starts where the own reset policy says. */
  genesisIsAnObject: true,
  /** R2: given up offsets are a link. Off: a writer silently seeks to the start of the log. */
  gapsAreLinks: true,
  /** R2: a topic made anew is an operator's act. Off: a writer that notices it silently starts at the start of the new log. */
  epochsAreActs: true,
  /** R2: a new epoch closes the chain of the previous one by a link. Off: it only creates its own genesis. */
  epochsCloseChains: true,
  /** R2: where the closed chain holds records of the topic as it is now, the new one starts at its end. Off: with the log. */
  epochsSpareWhatIsStored: true,
  /** R3: a writer with an old view looks at the chain again before it writes. */
  oldViewsLookAgain: true,
  /** R3: a link is not deleted before it is old. */
  onlyOldLinksAreDeleted: true,
  /** R3: the newest link is never deleted. */
  newestLinkIsKept: true,
  /** R3: the age of the view is checked in the turn of the request. Off: the process may stop in between, for a day. */
  checkedInTheSameTurn: true,
  /** R3: a look is as old as its request. Off: as its answer, which may have waited for a day while the process was stopped. */
  looksAgeFromTheirRequest: true,
  /** R3: the check is made for a repeated request too. Off: an SDK repeats (and signs) without asking. */
  repeatsAreChecked: true,
  /** R3: a delayed request is refused once its signature is old (SigV4: 15 minutes). */
  requestsExpire: true,
  /** R4: link k + 1 only after all files of k. */
  oneUnfinishedRange: true,
  /** R5: of two concurrent creates one fails. Off: the endpoint may let both win, the second replaces the first. */
  createsExclude: true,
  /** R6: positions come from the chain. Off: from the offset committed to Kafka, if there is one. */
  positionsFromTheChain: true,
  /** R6: a failed commit changes nothing. Off: a writer goes on only once its commit has worked. */
  commitsAreHints: true,
  /** Off: links and files are written by plain PUTs, which always win. */
  createOnly: true,
  /** Off: a 412 is taken for "my link is stored". */
  conflictsAreRead: true,
  /** Off: recovery trusts the latest link and does not look for its files. */
  recoveryChecksFiles: true,
  /** Off: who adopts a range encodes and names with the own settings (or the own clock), not with the link's. */
  adoptersUseTheLinksSettings: true,
  /** Off: recovery does not compare the record at the tail with the log. */
  tailIsChecked: true,
  /** Off: a gap link has no tail, so that there is nothing to compare after it. */
  gapsCarryTheTail: true,
  /** The chain knows the incarnation of its topic (Kafka's topic id) from its genesis on, before there is a tail. */
  genesisNamesTheTopicId: true,
  /** A session ends when its topic is made anew. Off: the client goes on reading the new log. */
  sessionsEndWithTheTopic: true,
  /** The names of data objects differ between epochs. */
  epochsAreInNames: true,
  /** An unfinished range whose records were deleted from the log is given up by a marker beside its link. */
  lostRangesAreGivenUp: true,
} as const satisfies Readonly<Record<string, boolean>>

export type Rule = keyof typeof rules
export type Rules = Readonly<Record<Rule, boolean>>

export function without(...off: readonly Rule[]): Rules {
  return { ...rules, ...Object.fromEntries(off.map((rule) => [rule, false])) }
}

/** Which faults there are, and how much there is of everything. Crashes and lost answers are always there, without a limit. */
export type World = {
  readonly writers: number
  /** Of the log, at most 4. As a range has one record or more, it is the greatest number of ranges, too. */
  readonly records: number
  /** The most records in a range; its writer may choose fewer. */
  readonly rangeRecords: number
  /** 0: one file for a range. 1: one file for each record (another partitioner). Each range may be written with any of them. */
  readonly settings: readonly (0 | 1)[]
  /** Where a first starter may want to begin. */
  readonly resets: readonly number[]
  /** Requests that may be on their way at once, to arrive whenever they like, after their writers' death as well. */
  readonly delayed: number
  /** A day may pass, any number of times: views and links get old, and old links may be deleted, in any order. */
  readonly days: boolean
  /** Kafka's retention may delete records from the start of the log. */
  readonly retention: boolean
  /** Retention spares a topic that was made anew: no record of it has expired yet. */
  readonly newTopicKeeps: boolean
  /** The topic may be deleted and made anew, once; an operator may then begin an epoch. */
  readonly anew: boolean
  /** Offsets are committed to Kafka, or not, as commits may fail. Nobody reads them (R6), so it only matters where R6 is off. */
  readonly commits: boolean
}
