/** However often the partitions change hands, each record is stored once, and the work goes on. */
import { expect, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { rebalanceStorm } from './rebalance-storm.ts'
import { seed } from './seed.ts'

test('one to eight members come and go while records flow', { timeout: 1_800_000 }, async () => {
  const [changes, everyMs] = size === 'full' ? [60, 2_000] : [6, 1_500]
  const outcome = await rebalanceStorm({ bundle, seed, changes, everyMs })
  expectExact(outcome, { joined: 3 })
  const left = (outcome.faults['SIGTERM'] ?? 0) + (outcome.faults['kill -9'] ?? 0)
  expect(left, 'all who joined have left').toBe(outcome.faults['joined'])
  expect(outcome.report.objects).toBeGreaterThan(changes)
})
