/** What the settings make of a run: which posts, when, how many. */

import { lookupIndexes } from './mysql-statements.ts'
import { type Output } from './output.ts'
import { Pacer } from './pacer.ts'
import { type ProducerSettings } from './producer-settings.ts'
import { type Reading } from './read-posts.ts'
import { pauseSchedule, rateSchedule } from './schedule.ts'
import { type Source } from './source.ts'
import { systemClock } from './system-clock.ts'

/** Which posts are read, in which order, and how many at a time. */
export function readingOf(
  { mode, seed, maxPosts, rate, sleep }: ProducerSettings,
  stop: AbortSignal,
): Reading {
  // A paced run looks up what is due within a fifth of a second; the emulator's pauses come to two posts a second.
  const paced = mode === 'emulate' && sleep ? 2 : rate
  const lookupPosts =
    paced === undefined ? lookupIndexes : Math.min(lookupIndexes, Math.max(1, Math.floor(paced / 5)))
  return { mode, seed, maxPosts: maxPosts ?? Infinity, lookupPosts, stop }
}

/** When posts are due; undefined when they go as fast as they can. */
export function pacerOf({ mode, rate, arrivals, backlog, seed, sleep }: ProducerSettings): Pacer | undefined {
  if (rate !== undefined)
    return new Pacer({ clock: systemClock, schedule: rateSchedule(rate, arrivals, seed), backlog })
  if (mode === 'emulate' && sleep)
    return new Pacer({ clock: systemClock, schedule: pauseSchedule(), backlog })
  return undefined
}

/** For the progress line and the plan: exact for files and the generator, the longest table for MySQL. */
export async function expectedPostsOf(reading: Reading, source: Source): Promise<number | undefined> {
  const endless = reading.mode === 'random' || reading.mode === 'emulate'
  const available = endless ? Infinity : Math.max(0, ...(await source.counts()).rows.values())
  const posts = Math.min(reading.maxPosts, available)
  return Number.isFinite(posts) ? posts : undefined
}

/** What a run would do, as `--dry-run` prints it. */
export async function planOf(
  settings: ProducerSettings,
  source: Source,
  output: Output,
  topics: readonly string[],
): Promise<object> {
  const { mode, seed, rate, onMissing } = settings
  const expectedPosts = await expectedPostsOf(readingOf(settings, AbortSignal.abort()), source)
  const counts = await source.counts()
  return {
    dryRun: true,
    source: source.name,
    rows: Object.fromEntries(counts.rows),
    rowsAreExact: counts.isExact,
    mode,
    seed,
    output: output.name,
    topics,
    onMissing,
    ...(expectedPosts === undefined ? {} : { posts: expectedPosts, records: expectedPosts * topics.length }),
    ...(rate === undefined ? {} : { postsPerSecond: rate }),
    ...(rate === undefined || expectedPosts === undefined
      ? {}
      : { durationMs: Math.round((expectedPosts / rate) * 1000) }),
  }
}
