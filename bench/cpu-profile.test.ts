import { expect, test } from 'vitest'
import { type CpuProfile, selfTimes } from './cpu-profile.ts'

const node = (id: number, functionName: string, lineNumber: number): CpuProfile['nodes'][number] => ({
  id,
  callFrame: { functionName, url: 'file:///app.js', lineNumber, columnNumber: 0 },
})

test('time of one function reached on several ways is added up, the largest first', () => {
  const profile = {
    nodes: [node(1, 'decode', 1), node(2, 'copy', 5), node(3, 'decode', 1), node(4, '', 9)],
    samples: [1, 2, 3, 4, 99],
    timeDeltas: [1_000, 2_500, 2_000, 500, 7_000],
  }
  expect(selfTimes(profile, ({ lineNumber }) => `a.ts:${lineNumber}`)).toEqual([
    { name: 'decode a.ts:1', ms: 3 },
    { name: 'copy a.ts:5', ms: 2.5 },
    { name: '(anonymous) a.ts:9', ms: 0.5 },
  ])
})
