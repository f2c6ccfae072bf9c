/** The canonical form of a state. */
import { changed, type Context, type State } from './state.ts'
import { isStored, linkAt, missingFiles } from './store.ts'
import { logMoves } from './step.ts'

/**
 * One state for those that can do the same from here on:
 * - Writers are interchangeable (each may start with any reset policy and write any range with any settings), so they are sorted.
 * - A writer whose files are all stored has only idle requests left (412, equal digest), which nobody can see: it is done.
 * - A late request for what is there already does nothing. A link's may do something once that link is deleted, but then it has
 *   expired, if both rules hold and the link is young.
 */
export function canonical(context: Context, state: State): State {
  const { rules, world } = context
  const writers = state.writers.map((writer) => {
    const behind =
      writer.behind && missingFiles(context, state, writer.behind).length > 0 ? writer.behind : undefined
    const next = behind === writer.behind ? writer : changed(writer, { behind })
    const { claim, phase } = next
    if (!claim || (phase !== 'store' && phase !== 'adopt')) return next
    if (missingFiles(context, state, claim).length > 0 || (world.commits && claim.kind === 'range'))
      return next
    const isChecked = phase === 'store' || !logMoves(context)
    return changed(next, {
      phase: isChecked ? 'ready' : 'tail',
      frontier: claim.end + 1,
      claim: isChecked ? undefined : claim,
    })
  })
  writers.sort((one, other) => one.code - other.code)
  const linksOutlive = rules.requestsExpire && rules.onlyOldLinksAreDeleted
  const onTheirWay = state.onTheirWay.filter((request) => {
    if ('records' in request) return !isStored(context, state, request)
    if (request.kind === 'genesis') return !state.geneses[request.epoch]
    return !linksOutlive || linkAt(state, request)?.old !== false
  })
  return {
    ...state,
    writers,
    onTheirWay: onTheirWay.length === state.onTheirWay.length ? state.onTheirWay : onTheirWay,
  }
}
