import { expect, test } from 'vitest'
import { worstRecoveryMs } from './recovery-time.ts'

const sample = (atMs: number, ...keys: readonly string[]) => ({
  atMs,
  committed: [],
  seen: keys.map((key) => ({ key, content: '' })),
  gone: [],
})
const history = [sample(100, 'a'), sample(200), sample(500, 'b'), sample(600, 'c')]

test('the time from a fault to the next object counts, the longest of all', () => {
  expect(worstRecoveryMs(history, [120, 450, 510])).toBe(380)
})

test('after the last object nothing had to come', () => {
  expect(worstRecoveryMs(history, [700])).toBe(0)
})
