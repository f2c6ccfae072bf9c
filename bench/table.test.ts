import { expect, test } from 'vitest'
import { cell, type Run, runsTable } from './table.ts'

const run = (drainMs: number | undefined, wallMs: number): Run => ({
  drainMs,
  wallMs,
  cpuMs: 1_500,
  serversCpuMs: 700,
  peakRssBytes: 200e6,
  othersShare: 0.04,
  records: 1_000_000,
  contentBytes: 600e6,
})

test('a cell without values is a dash, and one without a spread is one number', () => {
  expect([cell([], 0), cell([2, 2], 1), cell([2.04, 2.01], 1)]).toEqual(['–', '**2.0**', '**2.0**'])
  expect(cell([3, 1, 2], 0)).toBe('1/**2**/3')
})

test('the rate is of the drain, and of the whole process only where there is no other clock', () => {
  const [, , timed, whole] = runsTable([
    { title: 'timed', runs: [run(2_000, 4_000)] },
    { title: 'whole', runs: [run(undefined, 4_000)] },
  ]).split('\n')
  expect(timed).toMatch(/^\| timed \| 1 \| \*\*2\.0\*\* \| \*\*500\*\* \| \*\*300\*\* \| \*\*4\.0\*\* \|/)
  expect(whole).toMatch(/^\| whole \| 1 \| – \| \*\*250\*\* \| \*\*150\*\* \| \*\*4\.0\*\* \|/)
})
