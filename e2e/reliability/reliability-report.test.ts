import { expect, test } from 'vitest'
import { findingCodes, type FindingCode } from './finding.ts'
import type { Figures } from './figures.ts'
import { reliabilityPage } from './reliability-report.ts'

const surroundings = { versions: { 'Node.js': '24.20.0' }, machine: '2 cores', date: '2026-01-31' }

function figures(
  over: Partial<Figures> & { readonly found?: Partial<Record<FindingCode, number>> },
): Figures {
  const { found = {}, ...rest } = over
  const findings = Object.entries(found).map(([code, count]) => ({
    code: code as FindingCode,
    count,
    sentence: '',
  }))
  return {
    scenario: 'random-kills',
    kafka: 'embedded',
    lake: 'folder',
    seed: 1,
    faults: {},
    durationMs: 60_000,
    report: { version: 1, records: 1_000, objects: 20, sends: 1_000, samples: 5, findings },
    ...rest,
  }
}

const lineOf = (page: string, begin: string): string | undefined =>
  page.split('\n').find((line) => line.startsWith(`| ${begin} |`))

test('runs of one scenario on the same Kafka and lake are one row', () => {
  const page = reliabilityPage(
    [
      figures({ worstRecoveryMs: 1_200 }),
      figures({ seed: 2, worstRecoveryMs: 3_400 }),
      figures({ lake: 's3' }),
    ],
    surroundings,
  )
  expect(lineOf(page, 'random-kills | embedded, folder')).toBe(
    '| random-kills | embedded, folder | 2 | 2,000 | 40 | 0 | 0 | 0 | 0 | 0 | 0 | 3.4 s |',
  )
  expect(lineOf(page, 'random-kills | embedded, s3')).toContain('| 1 | 1,000 | 20 |')
  expect(lineOf(page, 'seeds')).toBe('| seeds | 1, 2 |')
  expect(lineOf(page, 'time')).toBe('| time | 3 min |')
})

test.for(Object.keys(findingCodes) as FindingCode[])('%s is in one of the columns', (code) => {
  const page = reliabilityPage([figures({ found: { [code]: 7 } })], surroundings)
  const cells = lineOf(page, 'random-kills | embedded, folder')?.split(' | ')
  expect(cells?.filter((cell) => cell === '7')).toHaveLength(1)
})

test('the bound of a fault that did no harm is three by its number', () => {
  const page = reliabilityPage(
    [
      figures({ faults: { 'kill -9': 1_000, SIGSTOP: 2 } }),
      figures({ faults: { 'kill -9': 200, 'S3 503': 40 }, found: { LOST: 1 } }),
      figures({ faults: { 'moved leaders': 1_200 } }),
    ],
    surroundings,
  )
  expect(lineOf(page, 'moved leaders')).toBe('| moved leaders | 1,200 | 0 | 1 in 400 |')
  expect(lineOf(page, 'kill -9')).toBe('| kill -9 | 1,200 | 1 |  |')
  expect(lineOf(page, 'SIGSTOP')).toBe('| SIGSTOP | 2 | 0 |  |')
})

test('the seeded bugs that were found are told', () => {
  const page = reliabilityPage([figures({ mutants: { caught: 36, of: 37 } })], surroundings)
  expect(page).toContain('Of 37 bugs that were put into the code on purpose the checker found 36.')
})
