/** The claim protocol of one partition as a state machine: all steps from a state, each to a state in canonical form. */
import { canonical } from './canonical.ts'
import type { Context, State } from './state.ts'
import { surroundingSteps } from './surroundings.ts'
import type { Emit } from './step.ts'
import { writerSteps } from './writer-steps.ts'

export function successors(context: Context, state: State, emit: Emit): void {
  const canonicalEmit: Emit = (next, action, who, what, broken) =>
    emit(canonical(context, next), action, who, what, broken)
  for (const i of state.writers.keys()) writerSteps(context, state, i, canonicalEmit)
  surroundingSteps(context, state, canonicalEmit)
}
