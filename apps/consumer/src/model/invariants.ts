/**
 * What must hold. "A record in zero objects" has two meanings, and both are checked:
 * - In every state: below the start of the latest link (all that a recovery will never look at again) each offset is in a data
 *   object or was given up on purpose.
 * - From every state: a fresh writer alone, without faults (and the operator, when the topic was made anew), reaches a lake that
 *   holds the whole log. So nothing is ever lost for good, and no mixture of crashes leaves the partition stuck.
 */
import { canonical } from './canonical.ts'
import { maxRecords, offsetsOf } from './claim.ts'
import { type Context, type State, stateCode, writer } from './state.ts'
import { latestOf, storedOffsets } from './store.ts'
import { operatorSteps } from './surroundings.ts'
import type { Emit } from './step.ts'
import { writerSteps } from './writer-steps.ts'

type Step = Parameters<Emit>

/** Undefined: all is well. */
export function whatIsWrong(state: State): string | undefined {
  let seen = 0
  for (const { records } of state.files) {
    if (seen & records) return 'DUPLICATE: a record is in two data objects'
    seen |= records
  }
  for (const epoch of state.geneses.keys()) {
    const problem = wrongChain(state, epoch)
    if (problem) return problem
  }
  return undefined
}

function wrongChain(state: State, epoch: number): string | undefined {
  const links = state.links.filter(({ claim }) => claim.epoch === epoch && claim.kind !== 'abandon')
  for (const [i, { claim }] of links.entries()) {
    const next = links[i + 1]?.claim
    if (next && next.start <= claim.end) return 'OVERLAP: two links claim the same offset'
  }
  const files = state.files.filter((file) => file.epoch === epoch)
  const records = files.reduce((bits, file) => bits | file.records, 0)
  if (records & 0b1111 && records >> maxRecords)
    return 'MIXED: a chain holds records of two topics of one name'
  const latest = links.at(-1)?.claim
  const from = state.geneses[epoch]?.start ?? Math.min(...links.map(({ claim }) => claim.start))
  if (!latest || from >= latest.start) return undefined
  const missing = offsetsOf(from, latest.start - 1) & ~covered(state, epoch)
  return missing ? 'LOST: a record below the latest link is in no data object' : undefined
}

function covered(state: State, epoch: number): number {
  return storedOffsets(state, epoch) | ((state.givenUp >> (epoch * maxRecords)) & 0b1111)
}

/** The lake is complete: everything from the start of the current chain to the end of the log, of the topic as it is. */
function isComplete({ world }: Context, state: State): boolean {
  const epoch = state.geneses[1] ? 1 : 0
  const links = state.links.filter(({ claim }) => claim.epoch === epoch)
  const from = state.geneses[epoch]?.start ?? Math.min(...links.map(({ claim }) => claim.start))
  if (from >= world.records) return true
  if ((latestOf(state, epoch)?.end ?? -1) !== world.records - 1) return false
  return (offsetsOf(from, world.records - 1) & ~covered(state, epoch)) === 0
}

/**
 * How a fresh writer alone gets on from here: undefined when it completes the lake, or why it does not. Deterministic: it takes the
 * first of its steps, in which everything goes well (but for commits, which fail).
 */
export function recoveryProblem(
  context: Context,
  from: State,
  tell: (...step: Step) => void = () => {},
): string | undefined {
  const alone: Context = { ...context, world: { ...context.world, delayed: 0 } }
  let state = canonical(alone, { ...from, onTheirWay: [], writers: [writer('a fresh writer')] })
  const seen = new Set<string>()
  for (;;) {
    const wrong = whatIsWrong(state)
    if (wrong) return wrong
    const steps: Step[] = []
    const collect: Emit = (next, ...how) => steps.push([canonical(alone, next), ...how])
    writerSteps(alone, state, 0, collect)
    const broken = steps[0]?.[4]
    if (broken) return broken
    if (!steps[0] || seen.has(stateCode(steps[0][0]).join())) {
      if (isComplete(context, state)) return undefined
      steps.length = 0
      operatorSteps(alone, state, collect)
    }
    const [step] = steps
    if (!step) return 'STUCK: a fresh writer alone does not complete the lake'
    tell(...step)
    const [next] = step
    state = next
    seen.add(stateCode(state).join())
  }
}
