/** The steps of recovery, on every assignment of a partition, after a crash, and whenever a claim was lost. */
import { type Claim, claimOf } from './claim.ts'
import type { Writer } from './state.ts'
import { logMoves, type Step } from './step.ts'
import {
  frontierOf,
  inOtherSettings,
  latestOf,
  missingFiles,
  tailBelow,
  withGenesis,
  withRequest,
} from './store.ts'

/** Recovery, steps 1 and 2: LIST, and the HEADs of the latest link's files. */
export function look(step: Step): void {
  const { rules } = step.context
  const { geneses, log, committed } = step.state
  const epoch = geneses[1] ? 1 : 0
  const genesis = geneses[epoch]
  const latest = latestOf(step.state, epoch)
  const { incarnation } = log
  const seen = { epoch, incarnation, unaware: !rules.looksAgeFromTheirRequest }
  if (!rules.positionsFromTheChain && committed !== undefined) {
    return step.to('looks up the committed offset', { ...seen, phase: 'ready', frontier: committed })
  }
  if (!genesis && !latest) return findNothing(step, seen, epoch)
  if (rules.genesisNamesTheTopicId && genesis && genesis.incarnation !== incarnation) {
    if (rules.epochsAreActs) return step.forget('halts: TOPIC_CHANGED, another topic id')
    return step.to('silently starts anew', { ...seen, phase: 'ready', frontier: log.start })
  }
  if (!latest) return reach(step, 'finds the genesis', genesis?.start ?? 0, undefined, seen)
  // A closed chain: whoever closed it begins the next epoch.
  if (latest.kind === 'close') return undefined
  const missing = rules.recoveryChecksFiles ? missingFiles(step.context, step.state, latest) : []
  if (missing.length > 0) return adoptLatest(step, latest, seen)
  return reach(step, 'finds the latest link', frontierOf(latest), latest, seen)
}

function findNothing(step: Step, seen: Partial<Writer>, epoch: number): void {
  const { rules, world } = step.context
  const { log } = step.state
  for (const reset of world.resets) {
    const start = Math.max(reset, log.start)
    if (rules.genesisIsAnObject) {
      const claim = claimOf('genesis', epoch, log.incarnation, start, start)
      step.to('finds no chain, wants', { ...seen, phase: 'begin', claim })
    } else step.to('finds no links, starts by its own policy', { ...seen, phase: 'ready', frontier: start })
  }
}

function adoptLatest(step: Step, latest: Claim, seen: Partial<Writer>): void {
  const { rules } = step.context
  const { log } = step.state
  const { epoch, incarnation, start, end } = latest
  if (log.start > start) {
    if (!rules.lostRangesAreGivenUp) return step.forget('halts: the unfinished range is no longer in the log')
    const claim = claimOf('abandon', epoch, incarnation, start, end)
    return step.to('finds an unfinished range that is no longer in the log, wants', {
      ...seen,
      phase: 'claim',
      claim,
    })
  }
  if (log.incarnation !== incarnation) return step.forget('halts: TOPIC_CHANGED, another digest')
  const claim = rules.adoptersUseTheLinksSettings ? latest : inOtherSettings(latest)
  return step.to('adopts the unfinished', { ...seen, phase: 'adopt', claim })
}

/** The frontier is known; where the log may change, its tail is compared first. */
function reach(
  step: Step,
  action: string,
  frontier: number,
  latest: Claim | undefined,
  seen: Partial<Writer>,
): void {
  const phase = logMoves(step.context) ? 'tail' : 'ready'
  step.to(action, { ...seen, phase, frontier, claim: phase === 'tail' ? latest : undefined })
}

/** Rule R1. Whatever comes of it, the writer then looks what is there. */
export function begin(step: Step): void {
  const { claim } = step.writer
  if (!claim) return
  step.tell(withGenesis(step.forgotten(), claim), 'creates, or finds another than', claim)
  if (step.mayDelay) step.tell(withRequest(step.forgotten(), claim), 'sends, gets no answer:', claim)
}

/** Recovery, steps 3 and 4. */
export function tail(step: Step): void {
  const { rules } = step.context
  const { epoch, incarnation, frontier, claim: latest } = step.writer
  const { log } = step.state
  if (step.sessionEnded) return step.forget('loses its session: the topic is gone')
  const isBlind = !rules.tailIsChecked || (latest?.kind === 'gap' && !rules.gapsCarryTheTail)
  const last = isBlind ? undefined : tailBelow(step.state, epoch, frontier)
  if (last && log.start <= last.offset && last.incarnation !== log.incarnation) {
    if (rules.epochsAreActs) return step.forget('halts: TOPIC_CHANGED, another tail')
    return step.to('silently starts anew', { phase: 'ready', claim: undefined, frontier: log.start })
  }
  if (log.start <= frontier) return step.to('finds the tail unchanged', { phase: 'ready', claim: undefined })
  if (!rules.gapsAreLinks) {
    return step.to('silently skips a gap', { phase: 'ready', claim: undefined, frontier: log.start })
  }
  const claim = claimOf('gap', epoch, incarnation, frontier, log.start - 1)
  return step.to('wants, as the log starts later,', { phase: 'claim', claim })
}
