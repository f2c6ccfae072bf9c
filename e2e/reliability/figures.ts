/**
 * What a scenario says when it is over: one line of JSON in the file that RELIABILITY_RESULTS names. The lines of all
 * scenarios become the table of `docs/reliability.md` (`pnpm reliability`).
 */
import { appendFileSync } from 'node:fs'
import type { CheckReport } from './finding.ts'

export type Figures = {
  /** As its test file is called: `random-kills`. Lines of the same scenario, Kafka and lake are added up. */
  readonly scenario: string
  readonly kafka: 'embedded' | 'apache'
  readonly lake: 'folder' | 's3'
  /** Repeats the run. */
  readonly seed: number
  /** What was injected and was seen to happen, by kind: `{ 'kill -9': 200, 'S3 503': 31 }`. */
  readonly faults: Readonly<Record<string, number>>
  /** What the checker said at the end. */
  readonly report: CheckReport
  /** From a fault until the next object or commit, the longest; left out where nothing has to come back. */
  readonly worstRecoveryMs?: number
  readonly durationMs: number
  /** Seeded bugs that the checker found, of those it was shown. */
  readonly mutants?: { readonly caught: number; readonly of: number }
}

/** Adds a line to the results, if they are wanted. One write, so that scenarios may run side by side. */
export function noteFigures(figures: Figures): void {
  const file = process.env['RELIABILITY_RESULTS'] ?? ''
  if (file !== '') appendFileSync(file, `${JSON.stringify(figures)}\n`)
}

/** How much a scenario does: `small` is the seeded set of CI, `full` is what the figures are made of. */
export const size: 'small' | 'full' = process.env['RELIABILITY_SIZE'] === 'full' ? 'full' : 'small'
