/** What happens to the writers: crashes, late arrivals, days that pass, Kafka's retention, a topic made anew, its operator. */
import { claimOf, maxRecords } from './claim.ts'
import { changed, type Context, type State, writer as freshWriter } from './state.ts'
import {
  frontierOf,
  latestOf,
  linkAt,
  missingFiles,
  tailBelow,
  withFile,
  withGenesis,
  withLink,
  withoutLink,
  withRequest,
} from './store.ts'
import { type Emit, replaced, setMine } from './step.ts'

export function surroundingSteps(context: Context, state: State, emit: Emit): void {
  crashes(state, emit)
  arrivals(context, state, emit)
  if (context.world.days) daysPass(context, state, emit)
  if (hasExpired(context, state)) {
    const log = { ...state.log, start: state.log.start + 1 }
    emit({ ...state, log }, 'Kafka deletes the first record')
  }
  if (context.world.anew && state.log.incarnation === 0) {
    emit(
      { ...state, log: { incarnation: 1, start: 0 } },
      'the topic is deleted and made anew, and gets as long as before',
    )
  }
  operatorSteps(context, state, emit)
}

/** One record always stays: an empty log tells nothing new. */
function hasExpired({ world }: Context, { log }: State): boolean {
  const isKept = world.newTopicKeeps && log.incarnation > 0
  return world.retention && !isKept && log.start < world.records - 1
}

/** At any moment, any number of times. */
function crashes(state: State, emit: Emit): void {
  for (const [i, writer] of state.writers.entries()) {
    if (writer.phase === 'look' && !writer.behind) continue
    const next = replaced(state, i, freshWriter(writer.name))
    emit(writer.sent && writer.claim ? withRequest(next, writer.claim) : next, 'crashes', writer)
  }
}

function arrivals(context: Context, state: State, emit: Emit): void {
  for (const request of state.onTheirWay) {
    const next = { ...state, onTheirWay: state.onTheirWay.filter((other) => other !== request) }
    const action = 'a late request arrives:'
    if ('records' in request) {
      const stored = withFile(context, next, request)
      emit(stored ?? next, action, undefined, request, stored ? undefined : 'CONTRADICTION')
    } else if (request.kind === 'genesis') emit(withGenesis(next, request), action, undefined, request)
    else emit(linkAt(next, request) ? next : withLink(next, request), action, undefined, request)
  }
  for (const [i, writer] of state.writers.entries()) {
    if (!writer.sent || !writer.claim) continue
    const next = replaced(state, i, changed(writer, { sent: false }))
    const isFree = linkAt(next, writer.claim) === undefined
    emit(
      isFree ? setMine(withLink(next, writer.claim), i) : next,
      'gets its request through:',
      writer,
      writer.claim,
    )
  }
}

/** A day is more than any limit: views get old, links may be deleted, signatures have expired. */
function daysPass({ rules }: Context, state: State, emit: Emit): void {
  const writers = state.writers.map((writer) => {
    const sent = writer.sent && !rules.requestsExpire
    const old = writer.old || (writer.phase !== 'look' && writer.phase !== 'begin' && !writer.unaware)
    return changed(writer, { old, sent })
  })
  const links = state.links.map(({ claim }) => ({ claim, old: true }))
  emit({ ...state, writers, links, onTheirWay: rules.requestsExpire ? [] : state.onTheirWay }, 'a day passes')
  for (const { claim, old } of state.links) {
    const isNewest = latestOf(state, claim.epoch) === claim
    if (isNewest && rules.newestLinkIsKept) continue
    if (!old && rules.onlyOldLinksAreDeleted) continue
    emit(withoutLink(state, claim), 'link deleted:', undefined, claim)
  }
}

/**
 * Rule R2: once the topic was made anew, somebody says so. It is said of a topic, so this partition need not have noticed: its
 * chain may go on with the new topic's records already. An unfinished range that can be finished is finished first.
 */
export function operatorSteps(context: Context, state: State, emit: Emit): void {
  const { rules, world } = context
  const { log } = state
  const [genesis, next] = state.geneses
  if (!world.anew || log.incarnation === 0 || !genesis || next) return
  const latest = latestOf(state, 0)
  const known = rules.genesisNamesTheTopicId ? genesis : tailBelow(state, 0, maxRecords)
  const isOfThisTopic = latest && known?.incarnation === log.incarnation
  if (rules.epochsCloseChains && latest?.kind !== 'close') {
    if (isOfThisTopic && missingFiles(context, state, latest).length > 0) return
    const frontier = latest ? frontierOf(latest) : genesis.start
    return emit(withLink(state, claimOf('close', 0, 0, frontier, frontier)), 'the operator closes the chain')
  }
  const start = rules.epochsSpareWhatIsStored && isOfThisTopic ? frontierOf(latest) : log.start
  const begun = claimOf('genesis', 1, 1, start, start)
  return emit(withGenesis(state, begun), 'the operator creates', undefined, begun)
}
