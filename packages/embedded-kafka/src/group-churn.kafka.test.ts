import { setTimeout as pause } from 'node:timers/promises'
import { environment } from '@pinpipe/local-stack/environment'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { Churn } from './testing/group-churn.ts'

// Two minutes: CHURN_MS=120000 CHURN_REPORT=1 vitest run --project embedded packages/embedded-kafka/src/group-churn
const churnMs = Number(environment['CHURN_MS'] ?? 4_000)
const seed = Number(environment['CHURN_SEED'] ?? 1)

stackTest(
  'fifty members come and go: no partition has two owners in a generation, nothing is lost, nothing committed comes twice',
  { timeout: 60_000 + 2 * churnMs },
  async ({ kafka }) => {
    const options = { seed, slots: 50, longestLifeMs: Math.min(10_000, churnMs) }
    await using churn = await Churn.open(kafka.bootstrapServers, unique('churn'), options)
    await pause(churnMs)
    await churn.settle()
    const { ledger, joins, crashes } = churn
    const { produced, consumed, repeated, assignments, generations } = ledger
    if (environment['CHURN_REPORT'] !== undefined)
      process.stdout.write(
        `${JSON.stringify({ churnMs, joins, crashes, assignments, generations, produced, consumed, repeated })}\n`,
      )
    expect(ledger.judged()).toEqual([])
    expect(consumed).toBe(produced)
    expect(produced).toBeGreaterThan(churnMs / 20)
    expect(joins).toBeGreaterThanOrEqual(50)
    expect(await churn.committedTotal()).toBe(produced)
  },
)
