/** What is explored: worlds in which nothing may go wrong, and wrong variants that must. */
import { type Rule, type Rules, without, type World } from './rules.ts'

export type Scenario = { readonly name: string; readonly world: World; readonly rules: Rules }

const calm: World = {
  writers: 2,
  records: 3,
  rangeRecords: 2,
  settings: [0],
  resets: [0],
  delayed: 0,
  days: false,
  retention: false,
  newTopicKeeps: false,
  anew: false,
  commits: false,
}
const stormy: World = { ...calm, delayed: 1, days: true, resets: [0, 1] }
const remade: World = { ...calm, anew: true }
/** Without topic ids, only the tail can tell that the topic is another one. */
const keeping: World = { ...remade, retention: true, newTopicKeeps: true }

const right = (name: string, world: World, ...off: readonly Rule[]): Scenario => ({
  name,
  world,
  rules: without(...off),
})

/** For the unit tests: seconds. */
export const smallScenarios: readonly Scenario[] = [
  right('days, deletions, a delayed request, two reset policies', { ...stormy, writers: 3, records: 4 }),
  right('two settings', { ...stormy, settings: [0, 1] }),
  right('commits', { ...stormy, commits: true, writers: 3 }),
  right('retention', { ...calm, retention: true, delayed: 1 }),
  right('retention and days', { ...stormy, retention: true, records: 2 }),
  right('the topic made anew', { ...calm, anew: true }),
  right('the topic made anew, and retention', { ...calm, anew: true, retention: true, records: 2 }),
  right(
    'no topic ids, but the new topic keeps its records',
    { ...keeping, records: 2 },
    'genesisNamesTheTopicId',
  ),
]

/** The full bounds: minutes. */
export const fullScenarios: readonly Scenario[] = [
  right('everything but a log that changes', { ...stormy, writers: 3, records: 4, settings: [0, 1] }),
  right('two delayed requests', { ...stormy, writers: 3, records: 4, delayed: 2 }),
  right('ranges of up to four records', { ...stormy, writers: 3, records: 4, rangeRecords: 4 }),
  right('commits', { ...stormy, writers: 3, records: 4, commits: true }),
  right('retention', { ...calm, writers: 3, records: 4, retention: true }),
  right('retention and a delayed request', { ...calm, writers: 3, records: 3, retention: true, delayed: 1 }),
  right('retention and days', { ...stormy, records: 3, retention: true }),
  right('the topic made anew', { ...calm, writers: 3, records: 4, anew: true }),
  right('the topic made anew, days, a delayed request', { ...stormy, records: 3, anew: true }),
  right('the topic made anew, retention, days, a delayed request', {
    ...stormy,
    records: 2,
    anew: true,
    retention: true,
  }),
  right('no topic ids, but the new topic keeps its records', keeping, 'genesisNamesTheTopicId'),
]

/** The actions without which the faults of a world were not explored. */
export function faultsOf({ delayed, days, retention, anew, commits }: World): string[] {
  return [
    'crashes',
    'adopts the unfinished',
    'creates, the answer is lost, link',
    ...(delayed > 0
      ? ['sends, gets no answer, link', 'gets its request through:', 'a late request arrives:']
      : []),
    ...(days ? ['a day passes', 'link deleted:', 'looks again'] : []),
    ...(retention ? ['Kafka deletes the first record', 'wants, as the log starts later,'] : []),
    ...(anew
      ? ['the topic is deleted and made anew, and gets as long as before', 'the operator creates']
      : []),
    ...(commits ? ['fails to commit', 'commits the end of'] : []),
  ]
}

const wrong = (name: string, world: World, ...off: readonly Rule[]): Scenario => ({
  name,
  world,
  rules: without(...off),
})

const mixed: World = { ...stormy, settings: [0, 1] }
const retention: World = { ...calm, retention: true }

export const wrongVariants: readonly Scenario[] = [
  wrong('R1: no genesis, everybody starts by the own reset policy', mixed, 'genesisIsAnObject'),
  wrong('R2: a gap is skipped silently', retention, 'gapsAreLinks'),
  wrong('R2: a new topic is started silently', remade, 'epochsAreActs'),
  wrong('R2: a new epoch does not close the old chain', remade, 'epochsCloseChains'),
  wrong('R2: a new epoch starts with the log whatever is stored', remade, 'epochsSpareWhatIsStored'),
  wrong('R3: writing by an old view', mixed, 'oldViewsLookAgain'),
  wrong('R3: young links are deleted', mixed, 'onlyOldLinksAreDeleted'),
  wrong('R3: the newest link is deleted', mixed, 'newestLinkIsKept'),
  wrong('R3: the view is checked some time before the request', mixed, 'checkedInTheSameTurn'),
  wrong('R3: a look is as old as its answer', mixed, 'looksAgeFromTheirRequest'),
  wrong('R3: repeated requests are not checked', mixed, 'repeatsAreChecked'),
  wrong('R3: delayed requests never expire', mixed, 'requestsExpire'),
  wrong('R4: the next link before all files', mixed, 'oneUnfinishedRange'),
  wrong('R5: the endpoint lets two creates win', mixed, 'createsExclude'),
  wrong(
    'R6: positions come from the committed offset',
    { ...stormy, commits: true },
    'positionsFromTheChain',
  ),
  wrong('R6: nothing goes on until a commit works', { ...stormy, commits: true }, 'commitsAreHints'),
  wrong('create-only off', mixed, 'createOnly'),
  wrong('a 412 is taken for "already stored"', mixed, 'conflictsAreRead'),
  wrong('recovery skips the files', mixed, 'recoveryChecksFiles'),
  wrong('an adopter uses its own settings', mixed, 'adoptersUseTheLinksSettings'),
  wrong('no look at the tail, and no topic ids', remade, 'tailIsChecked', 'genesisNamesTheTopicId'),
  wrong('no tail in a gap link, and no topic ids', keeping, 'gapsCarryTheTail', 'genesisNamesTheTopicId'),
  wrong(
    'no topic ids, and retention passes the tail',
    { ...remade, retention: true },
    'genesisNamesTheTopicId',
  ),
  wrong('a session outlives its topic', remade, 'sessionsEndWithTheTopic'),
  wrong('two epochs use the same names of objects', remade, 'epochsAreInNames'),
  wrong('an unfinished range that left the log blocks the chain', retention, 'lostRangesAreGivenUp'),
]
