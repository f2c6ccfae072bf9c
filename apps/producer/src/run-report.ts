/** What a run tells about itself: the summary at the end, the progress line on the way, the plan before. Pure. */

import { formatCount, formatCountOf, formatRate } from '@pinpipe/service/count'
import { formatDuration } from '@pinpipe/service/duration'
import { type Punctuality } from './pacer.ts'
import { type Tally } from './tally.ts'

export type RunFacts = {
  readonly tally: Tally
  readonly durationMs: number
  readonly punctuality: Punctuality | undefined
}

/** The JSON of the last line. `skipped`: posts that were not sent because a row was missing or rejected. */
export function summaryOf({ tally, durationMs, punctuality }: RunFacts, runId: string): object {
  return {
    posts: tally.posts,
    records: tally.records,
    acked: tally.acked,
    failed: tally.failed,
    skipped: tally.skipped,
    invalid: tally.invalid,
    durationMs: Math.round(durationMs),
    recordsPerSecond: Math.round(perSecond(tally.acked, durationMs)),
    valueBytes: tally.valueBytes,
    sendRetries: tally.sendRetries,
    sourceRetries: tally.sourceRetries,
    ...(punctuality === undefined ? {} : { pacing: punctuality }),
    runId,
  }
}

/** One line for the user. `posts`, how many are expected, is undefined when a run has no end of its own. */
export function progressLine(
  { tally, durationMs, punctuality }: RunFacts,
  posts: number | undefined,
): string {
  const done = tally.posts + tally.skipped
  // A number that was passed was an estimate.
  const expectedPosts = posts === undefined || done > posts ? undefined : posts
  const parts = [
    expectedPosts === undefined
      ? formatCountOf(done, 'post')
      : `${formatCount(done)} of ${formatCountOf(expectedPosts, 'post')}`,
    `${formatCountOf(tally.acked, 'record')} acknowledged`,
    formatRate(perSecond(tally.acked, durationMs)),
  ]
  if (tally.skipped > 0) parts.push(`${formatCount(tally.skipped)} skipped`)
  if (tally.invalid > 0) parts.push(`${formatCountOf(tally.invalid, 'row')} rejected`)
  if (tally.failed > 0) parts.push(`${formatCount(tally.failed)} failed`)
  if (tally.sendRetries > 0) parts.push(`${formatCount(tally.sendRetries)} sent again`)
  if (punctuality !== undefined && punctuality.behindMs >= 1000)
    parts.push(`${formatDuration(punctuality.behindMs)} behind`)
  if (expectedPosts !== undefined && done > 0 && done < expectedPosts) {
    parts.push(`${formatDuration((durationMs / done) * (expectedPosts - done))} left`)
  }
  return parts.join(', ')
}

function perSecond(count: number, durationMs: number): number {
  return durationMs > 0 ? (count * 1000) / durationMs : 0
}
