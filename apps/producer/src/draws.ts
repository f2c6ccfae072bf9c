/** Which posts are read, in which order: pure, seeded sequences of post indexes. The mode `sequential` needs none. */

import { permutation } from './permutation.ts'
import { PythonRandom } from './python-random.ts'

/** One post to read. `pauseMs` is the pause before it, 0 but in the mode `emulate`. */
export type Draw = { readonly index: number; readonly pauseMs: number }

/** First and last index, both included. */
export type IndexRange = { readonly first: number; readonly last: number }

/** The Python emulator draws rows 0 … 11,000, whatever the table holds. */
const lastEmulatedRow = 11_000

/** Every index of the range once, in a seeded order, without a list of the indexes. */
export function* shuffledDraws(seed: number, range: IndexRange): Generator<Draw, undefined> {
  const size = range.last - range.first + 1
  const permute = permutation(seed, size)
  for (let position = 0; position < size; position++)
    yield { index: range.first + permute(position), pauseMs: 0 }
  return undefined
}

/** Indexes of the range with replacement, each as likely as the others. Never ends. */
export function* randomDraws(seed: number, range: IndexRange): Generator<Draw, undefined> {
  const random = new PythonRandom(seed)
  for (;;) yield { index: random.randInt(range.first, range.last), pauseMs: 0 }
}

/**
 * What the well-known Python emulator draws after `random.seed(seed)`: per post `randrange(0, 2)`, the pause in seconds,
 * then `randint(0, 11000)`, the row. Never ends.
 */
export function* emulatedDraws(seed: number): Generator<Draw, undefined> {
  const random = new PythonRandom(seed)
  for (;;) {
    const pauseMs = random.randRange(0, 2) * 1000
    yield { index: random.randInt(0, lastEmulatedRow), pauseMs }
  }
}
