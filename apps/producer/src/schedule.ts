/**
 * When a post is due: pure sequences of absolute deadlines, in milliseconds from the start of the run.
 * A deadline never depends on how late the post before it was, so that timer jitter does not add up.
 */

import { PythonRandom } from './python-random.ts'

export type Arrivals = 'constant' | 'poisson'

/** Gives the deadline of the next post. `pauseMs` is the pause the draw asks for. */
export type Schedule = (pauseMs: number) => number

/** Posts at a fixed rate (per second): deadline n is n / rate. Poisson: the gaps are exponential with the same mean. */
export function rateSchedule(rate: number, arrivals: Arrivals, seed: number): Schedule {
  if (arrivals === 'constant') {
    let posts = 0
    return () => (posts++ * 1000) / rate
  }
  const random = new PythonRandom(seed)
  let dueMs = 0
  return () => (dueMs += (-Math.log(1 - random.random()) * 1000) / rate)
}

/** The emulator's own pauses: a post is due when all pauses up to its own have passed. */
export function pauseSchedule(): Schedule {
  let dueMs = 0
  return (pauseMs) => (dueMs += pauseMs)
}
