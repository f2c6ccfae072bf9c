/** What happens to the writers: crashes, late arrivals, days that pass, Kafka's retention, a topic made anew, its operator. */
import { claimOf, maxRecords } from './claim.ts'
import { changed, type Context, type State, writer as freshWriter } from './state.ts'
import {
  frontierOf,
  latestOf,
  linkAt,
  tailBelow,
  withFile,
  withGenesis,
  withLink,
  withoutLink,
  withRequest,
} from './store.ts'
import { type Emit, replaced, setMine } from './writer-steps.ts'

export function surroundingSteps(context: Context, state: State, emit: Emit): void {
  crashes(state, emit)
  arrivals(context, state, emit)
  if (context.world.days) daysPass(context, state, emit)
  if (context.world.retention && state.log.start < context.world.records - 1) {
    emit(
      { ...state, log: { ...state.log, start: state.log.start + 1 } },
      `Kafka deletes record ${state.log.start}`,
    )
  }
  if (context.world.anew && state.log.incarnation === 0) {
    emit(
      { ...state, log: { incarnation: 1, start: 0 } },
      'the topic is deleted and made anew, and gets as long as before',
    )
  }
  operatorSteps(context, state, emit)
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
 * Rule R2: once the topic was made anew, somebody says so. An epoch is refused as long as nothing shows that the chain belongs to
 * another topic: its genesis by another topic id or, without ids, its tail.
 */
export function operatorSteps({ rules, world }: Context, state: State, emit: Emit): void {
  const [genesis, next] = state.geneses
  if (!world.anew || state.log.incarnation === 0 || !genesis || next) return
  const latest = latestOf(state, 0)
  const last = latest?.kind === 'range' ? latest : tailBelow(state, 0, maxRecords)
  const known = rules.genesisNamesTheTopicId
    ? genesis
    : (last ?? (rules.epochsNeedEvidence ? state.log : undefined))
  if (latest?.kind !== 'close' && known?.incarnation === state.log.incarnation) return
  if (rules.epochsCloseChains && latest?.kind !== 'close') {
    const frontier = latest ? frontierOf(latest) : genesis.start
    emit(withLink(state, claimOf('close', 0, 0, frontier, frontier)), 'the operator closes the chain')
  } else {
    emit(
      withGenesis(state, claimOf('genesis', 1, 1, state.log.start, state.log.start)),
      'the operator begins epoch 1',
    )
  }
}
