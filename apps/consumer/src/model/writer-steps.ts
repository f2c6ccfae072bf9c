/**
 * What one writer can do next. A step is one request with its answer. What is merged, and why that hides nothing:
 * - LIST and the HEADs of the link's files are one step: files only ever appear, and creating one that is there does nothing, so
 *   what a later HEAD would have found is the same run with one more idle request.
 * - An answered request arrives and is answered in one step: what happens after its arrival happens before the writer's next step.
 * - Where the log cannot change, reading it commutes with everything: the tail check and the buffering are then no steps.
 */
import { begin, look, tail } from './recovery.ts'
import type { Context, State } from './state.ts'
import { type Emit, Step } from './step.ts'
import { claimRange, ready, store, storeFiles } from './writing.ts'

const steps = { look, begin, tail, adopt: store, ready, claim: claimRange, doubt: claimRange, store }

/** The steps of `state.writers[i]`; the one in which everything goes well comes first. */
export function writerSteps(context: Context, state: State, i: number, emit: Emit): void {
  const writer = state.writers[i]
  if (!writer) return
  const step = new Step(context, state, writer, i, emit)
  if (writer.behind) storeFiles(step, writer.behind)
  steps[writer.phase](step)
}
