/** What holds after every scenario, whatever was done to the sink. */
import { expect } from 'vitest'
import type { Outcome } from './proving-ground.ts'

/** The checker found nothing, no process ended unasked, and each of the faults happened at least so often. */
export function expectExact(outcome: Outcome, faults: Readonly<Record<string, number>>): void {
  const { report, unexpected, seed } = outcome
  expect(unexpected, `SEED=${seed}`).toEqual([])
  expect(report.findings, `SEED=${seed}`).toEqual([])
  expect(report.records, 'there was something to store').toBeGreaterThan(0)
  for (const [fault, least] of Object.entries(faults))
    expect(outcome.faults[fault] ?? 0, `${fault} happened`).toBeGreaterThanOrEqual(least)
}
