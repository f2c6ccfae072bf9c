import { expect, test } from 'vitest'
import { firstToKeep } from './retention.ts'

const now = 1_000_000
const segments = [0, 1, 2, 3].map((n) => ({
  baseOffset: BigInt(10 * n),
  bytes: 100,
  maxTimestamp: now - 4_000 + 1_000 * n,
}))

test.for([
  ['no limits keep all', -1, -1, 0n],
  ['old segments go', 2_500, -1, 20n],
  ['all go when all are old', 500, -1, undefined],
  ['a size that is just enough keeps all', -1, 400, 0n],
  ['whole segments go while what is left is large enough', -1, 250, 10n],
  ['the last segment never goes for its size', -1, 0, 30n],
  ['both limits hold', 3_500, 200, 20n],
] as const)('%s', ([, retentionMs, retentionBytes, kept]) => {
  expect(firstToKeep(segments, { now, retentionMs, retentionBytes })).toBe(kept)
})
