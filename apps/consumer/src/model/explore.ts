/**
 * All states that can be reached, breadth first: so the first counterexample is a shortest one. Nothing is random, and without
 * `maxStates` nothing is left out: crashes and lost answers have no limit, as a state does not count them.
 */
import { canonical } from './canonical.ts'
import { Fingerprints } from './fingerprints.ts'
import { recoveryProblem, whatIsWrong } from './invariants.ts'
import { successors } from './protocol.ts'
import { type Context, initialState, sharedCode, type State, stateCode } from './state.ts'

export type Exploration = {
  readonly states: number
  /** Of the last new state, in steps. */
  readonly depth: number
  /** How often each action was taken, faults among them: what never happened was not explored. */
  readonly actions: ReadonlyMap<string, number>
  /** Everything that can be reached was reached, and nothing is wrong. */
  readonly isExhaustive: boolean
  readonly counterexample: { readonly problem: string; readonly steps: readonly string[] } | undefined
}

export function explore(context: Context, maxStates = Number.POSITIVE_INFINITY): Exploration {
  const seen = new Fingerprints()
  const first = canonical(context, initialState(context))
  const actions = new Map<string, number>()
  const verdicts = new Map<string, string | undefined>()
  seen.add(stateCode(first), 0)
  let level: { readonly state: State; readonly number: number }[] = [{ state: first, number: 0 }]
  let depth = 0
  let found: { readonly problem: string; readonly number: number; readonly last?: string } | undefined
  while (level.length > 0 && !found && seen.size < maxStates) {
    const nextLevel: typeof level = []
    for (const { state, number } of level) {
      const problem = whatIsWrong(state) ?? verdictOn(context, state, verdicts)
      if (problem) found ??= { problem, number }
      if (found) break
      successors(context, state, (next, action, who, what, broken) => {
        actions.set(action, (actions.get(action) ?? 0) + 1)
        if (broken) found ??= { problem: broken, number, last: sentence(action, who, what) }
        const nextNumber = seen.add(stateCode(next), number)
        if (nextNumber !== undefined) nextLevel.push({ state: next, number: nextNumber })
      })
    }
    if (nextLevel.length > 0 && !found) depth++
    level = nextLevel
  }
  if (!found)
    return { states: seen.size, depth, actions, isExhaustive: level.length === 0, counterexample: undefined }
  const steps = retrace(context, first, seen, seen.pathTo(found.number), found.last)
  const counterexample = { problem: found.problem, steps }
  return { states: seen.size, depth: steps.length, actions, isExhaustive: false, counterexample }
}

/** Recovery by a fresh writer depends on the log and the store alone: one verdict serves many states. */
function verdictOn(
  context: Context,
  state: State,
  verdicts: Map<string, string | undefined>,
): string | undefined {
  const key = sharedCode(state).join()
  if (!verdicts.has(key)) verdicts.set(key, recoveryProblem(context, state))
  return verdicts.get(key)
}

/** Runs the steps once more to tell them: fingerprints know which states were on the way, not what was done. */
function retrace(
  context: Context,
  first: State,
  seen: Fingerprints,
  path: readonly number[],
  last?: string,
): string[] {
  const steps: string[] = []
  let state = first
  for (const number of path.slice(1)) {
    let following: State | undefined
    successors(context, state, (next, action, who, what) => {
      if (following || !seen.has(stateCode(next), number)) return
      following = next
      steps.push(sentence(action, who, what))
    })
    if (!following) throw new Error(`State ${number} does not follow from the one before.`)
    state = following
  }
  if (last !== undefined) return [...steps, last]
  if (whatIsWrong(state) === undefined)
    recoveryProblem(context, state, (_next, action, who, what) => {
      steps.push(sentence(action, who, what))
    })
  return steps
}

function sentence(action: string, who?: { readonly name: string }, what?: { readonly text: string }): string {
  return [who?.name, action, what?.text].filter((part) => part !== undefined).join(' ')
}
