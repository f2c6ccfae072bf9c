/** Killed at every step of the protocol, the sink stores each record once. */
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { test } from 'vitest'
import { expectExact } from './expect-exact.ts'
import { size } from './figures.ts'
import { bundle, failpoints } from './instrumented-consumer.ts'
import { killSeries } from './kill-anywhere.ts'
import { seededRandom } from './random.ts'
import { seed } from './seed.ts'

const all = Array.from({ length: 20 }, (_, i) => i + 1)
/** In full each occurrence; else one of the first and a later one. */
function occurrencesOf(failpoint: string): readonly number[] {
  const random = seededRandom(seed + failpoints.indexOf(failpoint))
  return size === 'full' ? all : [random.integer(1, 4), random.integer(5, 20)]
}

/** Some steps are those of one store. */
const inStore = (own: string, others: string): readonly string[] =>
  failpoints.filter((name) => name.startsWith(own) || !name.startsWith(others))
const timeout = 120_000

test.for(inStore('folder-', 's3-'))('killed at %s, in a folder', { timeout }, async (failpoint) => {
  const occurrences = occurrencesOf(failpoint)
  const outcome = await killSeries({ bundle, failpoint, occurrences, seed })
  expectExact(outcome, { 'kill -9': occurrences.length })
})

stackTest.for(inStore('s3-', 'folder-'))('killed at %s, in S3', { timeout }, async (failpoint, { s3 }) => {
  const occurrences = occurrencesOf(failpoint)
  const outcome = await killSeries({ bundle, failpoint, occurrences, seed, s3 })
  expectExact(outcome, { 'kill -9': occurrences.length })
})
