/** Brokers that go, leaders that move, answers that get lost: nothing of it loses or doubles a record. */
import { expect, test } from 'vitest'
import { brokerTrouble } from './broker-trouble.ts'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { seed } from './seed.ts'

test('the cluster misbehaves while records flow', { timeout: 1_800_000 }, async () => {
  const troubles = size === 'full' ? 150 : 8
  const outcome = await brokerTrouble({ bundle, seed, troubles })
  expectExact(outcome, {})
  const happened = Object.entries(outcome.faults).filter(([fault]) => fault !== 'SIGTERM')
  expect(happened.length, 'of several kinds').toBeGreaterThan(2)
  expect(happened.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThanOrEqual(troubles / 2)
})
