/** How long the lake stood still after a fault. Pure. */
import type { HistorySample } from './check-history.ts'

/** From each of these moments to the first sample in which an object is new, the longest. */
export function worstRecoveryMs(samples: Iterable<HistorySample>, faultsAtMs: readonly number[]): number {
  const stored = [...samples].filter(({ seen }) => seen.length > 0).map(({ atMs }) => atMs)
  let worst = 0
  for (const faultAtMs of faultsAtMs) {
    const next = stored.find((atMs) => atMs >= faultAtMs)
    if (next !== undefined) worst = Math.max(worst, next - faultAtMs)
  }
  return worst
}
