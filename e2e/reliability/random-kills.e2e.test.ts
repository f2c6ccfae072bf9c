/** Killed at any moment, three consumers store each record once. */
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, expect, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle } from './instrumented-consumer.ts'
import { randomKills } from './random-kills.ts'
import { seed } from './seed.ts'

const isFull = size === 'full'

describe('three consumers, killed while records flow', () => {
  test('the embedded Kafka and a folder', { timeout: 3_600_000 }, async () => {
    const kills = isFull ? 1_000 : 15
    const outcome = await randomKills({ bundle, seed, kills })
    expectExact(outcome, { 'kill -9': kills })
    expect(outcome.worstRecoveryMs).toBeGreaterThan(0)
  })

  stackTest('Apache Kafka and S3', { timeout: 3_600_000 }, async ({ kafka, s3 }) => {
    const kills = isFull ? 200 : 10
    const outcome = await randomKills({ bundle, seed, kills, s3, brokers: kafka.bootstrapServers })
    expectExact(outcome, { 'kill -9': kills })
    expect(outcome.worstRecoveryMs).toBeGreaterThan(0)
  })
})
