/** Whatever S3 does, each record is stored once. */
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { s3Faults } from './s3-faults.ts'
import { seed } from './seed.ts'

const [least, outageMs] = size === 'full' ? [50, 180_000] : [3, 10_000]

describe('a store that fails while records flow', () => {
  stackTest('each fault of S3, and an outage', { timeout: 1_800_000 }, async ({ s3 }) => {
    const outcome = await s3Faults({ bundle, seed, s3, least, outageMs })
    expectExact(outcome, {
      ...Object.fromEntries(['S3 500', 'S3 502', 'S3 503'].map((fault) => [fault, 2 * least])),
      ...Object.fromEntries(['S3 409', 'answer lost', 'S3 412'].map((fault) => [fault, least])),
      ...Object.fromEntries(['upload cut', 'upload flipped', 'answer cut'].map((fault) => [fault, least])),
      ...Object.fromEntries(['session expired', 'clock skewed'].map((fault) => [fault, least])),
      'credentials handed out': least,
      'no answer': 1,
    })
    expect(outcome.faults).not.toHaveProperty('flipped and stored')
    const { limitBytes, peakBytes, peakRssBytes } = outcome.memory
    expect(peakBytes).toBeLessThanOrEqual(limitBytes)
    // The outage did fill the budget, and no more than it.
    expect(peakBytes).toBeGreaterThan(limitBytes / 2)
    expect(peakRssBytes).toBeLessThan(350 * 1024 * 1024)
  })
})
