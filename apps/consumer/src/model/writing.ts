/** The steps of writing one range of one partition. */
import { type Claim, claimOf, maxRecords, offsetsOf } from './claim.ts'
import type { State } from './state.ts'
import { logMoves, type Step } from './step.ts'
import {
  frontierOf,
  latestOf,
  linkAt,
  missingFiles,
  storedOffsets,
  withFile,
  withLink,
  withRequest,
} from './store.ts'

/** Step 1. Any end may be the range's. */
export function ready(step: Step): void {
  const { world, rules } = step.context
  const { epoch, frontier } = step.writer
  const { log } = step.state
  if (step.sessionEnded) return step.forget('loses its session: the topic is gone')
  if (log.start > frontier) return step.forget('finds its position deleted from the log')
  if (isBlocked(step, rules.oldViewsLookAgain)) return
  const last = Math.min(frontier + world.rangeRecords, world.records) - 1
  for (let end = last; end >= frontier; end--) {
    for (const settings of world.settings) {
      const claim = claimOf('range', epoch, log.incarnation, frontier, end, settings)
      if (logMoves(step.context)) step.to('buffers', { phase: 'claim', claim })
      else send(step, claim)
    }
  }
}

/** Step 2, and its repetition after a lost answer: the same bytes. */
export function claimRange(step: Step): void {
  const { oldViewsLookAgain, repeatsAreChecked } = step.context.rules
  const isRepeated = step.writer.phase === 'doubt'
  if (!step.writer.claim || isBlocked(step, oldViewsLookAgain && (repeatsAreChecked || !isRepeated))) return
  send(step, step.writer.claim)
}

function send(step: Step, wanted: Claim): void {
  const { rules } = step.context
  const there = linkAt(step.state, wanted)
  const won = { claim: wanted, phase: 'store', mine: false, sent: false, unaware: false } as const
  const doubting = { claim: wanted, phase: 'doubt', unaware: false } as const
  const tell = (next: State, action: string): void => step.tell(next, action, wanted)
  const created = (): State => step.released(withLink(step.with({ ...won, old: false }), wanted))
  if (!there || !rules.createOnly) {
    tell(created(), 'creates link')
    tell(step.placedUnawares(wanted, doubting), 'creates, the answer is lost, link')
  } else {
    if (step.writer.mine || !rules.conflictsAreRead)
      tell(step.released(step.with(won)), 'takes for its own the link')
    else step.forget('finds taken the place of', wanted)
    tell(step.with(doubting), 'sends in vain, the answer is lost, link')
    if (!rules.createsExclude) tell(created(), 'creates too, as the endpoint lets it, link')
  }
  if (!step.writer.sent && step.mayDelay)
    tell(step.with({ ...doubting, sent: true }), 'sends, gets no answer, link')
}

/** Steps 3 and 4. */
export function store(step: Step): void {
  const { rules } = step.context
  const { claim: claimed, phase, behind } = step.writer
  if (!claimed) return
  if (missingFiles(step.context, step.state, claimed).length === 0) return commit(step, claimed)
  if (!isBlocked(step, rules.oldViewsLookAgain)) storeFiles(step, claimed)
  if (rules.oneUnfinishedRange || phase === 'adopt' || behind) return
  step.to('goes on without waiting', {
    phase: 'ready',
    frontier: frontierOf(claimed),
    claim: undefined,
    behind: claimed,
  })
}

export function storeFiles(step: Step, claimed: Claim): void {
  for (const file of missingFiles(step.context, step.state, claimed)) {
    const next = withFile(step.context, step.state, file)
    const broken = next ? undefined : 'CONTRADICTION: the object is there with other content'
    step.tell(next ?? step.state, 'stores', file, broken)
    if (step.mayDelay) step.tell(withRequest(step.state, file), 'sends, gets no answer,', file)
  }
}

/** Rule R6: a failed commit changes nothing, and what is committed is stored. */
function commit(step: Step, claimed: Claim): void {
  const offset = claimed.end + 1
  const next = step.with({ phase: 'ready', frontier: offset, claim: undefined })
  if (step.context.rules.commitsAreHints) step.tell(next, 'fails to commit')
  else step.tell(step.state, 'fails to commit, tries again')
  const genesis = step.state.geneses[claimed.epoch]
  const needed = genesis && offset > genesis.start ? offsetsOf(genesis.start, offset - 1) : 0
  const covered =
    storedOffsets(step.state, claimed.epoch) | (step.state.givenUp >> (claimed.epoch * maxRecords))
  const broken =
    needed & ~covered ? 'COMMIT_AHEAD: a record below the committed offset is not stored' : undefined
  step.tell({ ...next, committed: offset }, 'commits the end of', claimed, broken)
}

/**
 * Rule R3, and the wrong variants of it, in which the check and the request are apart. True: nothing may be sent now, and what
 * happens instead is told.
 */
function isBlocked(step: Step, checks: boolean): boolean {
  const { rules } = step.context
  const { epoch, claim: wanted, frontier, old, unaware, phase } = step.writer
  const isStoring = phase === 'store' || phase === 'adopt'
  if (unaware && !rules.looksAgeFromTheirRequest && phase === 'ready') {
    step.to('reads the answer of its look', { unaware: false })
    return true
  }
  if (!checks || !old || unaware) {
    if (rules.checkedInTheSameTurn || unaware || isStoring) return false
    step.to('checks its view, is about to send', { unaware: true })
    return true
  }
  const latest = latestOf(step.state, epoch)
  const isUnchanged = latest && latest.kind !== 'close' && frontierOf(latest) === (wanted?.start ?? frontier)
  if (isUnchanged && !isStoring && missingFiles(step.context, step.state, latest).length === 0) {
    // What is buffered is kept, and so is a copy of the request.
    step.to('looks again, finds nothing new', { old: false })
  } else step.forget('looks again')
  return true
}
