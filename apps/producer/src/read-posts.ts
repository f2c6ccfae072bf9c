/** The first step of the path: which posts are read from the source, in which order, how many. */

import { Failure } from '@pinpipe/service/failure'
import { type Draw, emulatedDraws, randomDraws, shuffledDraws } from './draws.ts'
import { type Post } from './post.ts'
import { type Source } from './source.ts'

export const modes = ['sequential', 'shuffle', 'random', 'emulate'] as const
type Mode = (typeof modes)[number]

export type Reading = {
  readonly mode: Mode
  readonly seed: number
  /** At most so many posts are read (those that are skipped later count too). */
  readonly maxPosts: number
  /** Posts of one lookup in the drawn modes: fewer when they are paced slowly, so that rows are read when they are due. */
  readonly lookupPosts: number
  readonly stop: AbortSignal
}

/**
 * Pages of posts. In `shuffle` and `random` an index without any row is a gap, not a post, and is passed over;
 * in `emulate` it is a post without rows, because the emulator drew it. Ends at the abort of `stop`.
 */
export async function* readPosts(source: Source, reading: Reading): AsyncGenerator<readonly Post[]> {
  let left = reading.maxPosts
  try {
    for await (const posts of readAhead(pagesOf(source, reading))) {
      if (reading.stop.aborted || left <= 0) return
      const taken = posts.length > left ? posts.slice(0, left) : posts
      left -= taken.length
      if (taken.length > 0) yield taken
      if (left <= 0) return
    }
  } catch (error) {
    // What was read is sent; a source that fails after that moment has nothing to add.
    if (!reading.stop.aborted) throw error
  }
}

function pagesOf(source: Source, reading: Reading): AsyncIterable<readonly Post[]> {
  return reading.mode === 'sequential' ? inOrder(source) : drawn(source, reading)
}

async function* inOrder(source: Source): AsyncGenerator<readonly Post[]> {
  for await (const page of source.inOrder()) yield page.map((post) => ({ ...post, pauseMs: 0 }))
}

async function* drawn(source: Source, reading: Reading): AsyncGenerator<readonly Post[]> {
  const draws = await drawsOf(source, reading)
  const keepsGaps = reading.mode === 'emulate'
  for (;;) {
    if (reading.stop.aborted) return
    const batch = take(draws, Math.min(reading.lookupPosts, Math.max(reading.maxPosts, 1)))
    if (batch.length === 0) return
    const found = await source.at(batch.map((draw) => draw.index))
    const posts = batch.flatMap(({ index, pauseMs }) => {
      const rows = found.get(index)
      return rows === undefined && !keepsGaps ? [] : [{ index, pauseMs, rows: rows ?? {} }]
    })
    if (posts.length > 0) yield posts
  }
}

async function drawsOf(source: Source, { mode, seed }: Reading): Promise<Iterator<Draw, undefined>> {
  if (mode === 'emulate') return emulatedDraws(seed)
  const range = await source.range()
  if (range === undefined)
    throw new Failure(`${source.name} has no rows, so there is nothing to draw: fill it first`)
  return mode === 'shuffle' ? shuffledDraws(seed, range) : randomDraws(seed, range)
}

function take(draws: Iterator<Draw, undefined>, count: number): readonly Draw[] {
  const taken: Draw[] = []
  while (taken.length < count) {
    const { done, value } = draws.next()
    if (done === true) break
    taken.push(value)
  }
  return taken
}

/** Asks for the next page while the last one is in use: source and sink then work at the same time. Holds one page. */
async function* readAhead<T>(pages: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]()
  let coming = iterator.next()
  try {
    for (;;) {
      const { done, value } = await coming
      if (done === true) return
      coming = iterator.next()
      // Its failure is told when the page is wanted; until then it must not end the process.
      coming.catch(() => undefined)
      yield value
    }
  } finally {
    await iterator.return?.().catch(() => undefined)
  }
}
