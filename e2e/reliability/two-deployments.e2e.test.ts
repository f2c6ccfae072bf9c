/** A lake that two deployments write to holds each record once. */
import { test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { seed } from './seed.ts'
import { twoDeployments } from './two-deployments.ts'

test('two groups share a lake while their members are killed', { timeout: 1_800_000 }, async () => {
  const kills = size === 'full' ? 100 : 5
  const outcome = await twoDeployments({ bundle, seed, kills })
  expectExact(outcome, { 'kill -9': kills, 'lost claims': 1 })
})
