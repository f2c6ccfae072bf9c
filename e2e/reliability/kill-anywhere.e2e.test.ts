/** Killed at every step of the protocol, the sink stores each record once. */
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { describe, test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle, failpoints } from './instrumented-consumer.ts'
import { killSeries } from './kill-anywhere.ts'
import { seededRandom } from './random.ts'
import { seed } from './seed.ts'

const all = Array.from({ length: 20 }, (_, i) => i + 1)
/** In full each occurrence; else the first, and two that are drawn. */
function occurrencesOf(failpoint: string): readonly number[] {
  const random = seededRandom(seed + failpoints.indexOf(failpoint))
  return size === 'full' ? all : [1, random.integer(2, 8), random.integer(9, 20)]
}

describe.for(failpoints)('killed at %s', (failpoint) => {
  const occurrences = occurrencesOf(failpoint)
  const timeout = 120_000

  test('the next consumer goes on, in a folder', { timeout }, async () => {
    const outcome = await killSeries({ bundle, failpoint, occurrences, seed })
    expectExact(outcome, { 'kill -9': occurrences.length })
  })

  stackTest('the next consumer goes on, in S3', { timeout }, async ({ s3 }) => {
    const outcome = await killSeries({ bundle, failpoint, occurrences, seed, s3 })
    expectExact(outcome, { 'kill -9': occurrences.length })
  })
})
