/** Consumers that were stopped for longer than their session do no harm when they go on. */
import { describe, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { seed } from './seed.ts'
import { zombies } from './zombies.ts'

describe('consumers that stop, are missed, and go on', () => {
  test('between two steps of the protocol, and at any moment', { timeout: 1_800_000 }, async () => {
    const wanted = size === 'full' ? 100 : 6
    const outcome = await zombies({ bundle, seed, zombies: wanted })
    // Some of them lost the race for their claim: it was a matter of offsets that others had meanwhile.
    expectExact(outcome, { SIGSTOP: wanted, SIGCONT: wanted, 'lost claims': 1 })
  })
})
