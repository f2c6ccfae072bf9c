/** The lines of all scenarios as the page `docs/reliability.md`. Pure. */
import type { Figures } from './figures.ts'
import { countByCode, type FindingCode } from './finding.ts'

export type Surroundings = {
  /** `24.20.0`, and so on, by name. */
  readonly versions: Readonly<Record<string, string>>
  readonly machine: string
  /** `2026-01-31`. */
  readonly date: string
}

/** One row: all runs of a scenario on the same Kafka and the same kind of lake. */
type Row = {
  readonly name: string
  readonly on: string
  readonly runs: readonly Figures[]
}

/** What goes wrong, as a reader would say it. Every code is in one of them. */
const columns: Readonly<Record<string, readonly FindingCode[]>> = {
  lost: ['LOST', 'LOST_ACK', 'GAP'],
  twice: ['DUPLICATE', 'OVERLAP'],
  reordered: ['REORDERED'],
  corrupt: ['CORRUPT', 'PHANTOM', 'MISLABELLED', 'REWRITTEN'],
  'wrong ack': ['WRONG_ACK'],
  'commit ahead': ['COMMIT_AHEAD'],
}

export function reliabilityPage(all: readonly Figures[], { versions, machine, date }: Surroundings): string {
  const rows: readonly Row[] = [
    ...Map.groupBy(all, ({ scenario, kafka, lake }) => `${scenario} ${kafka} ${lake}`),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, runs]) => ({ name: runs[0]?.scenario ?? '', on: `${runs[0]?.kafka}, ${runs[0]?.lake}`, runs }))
  const withMutants = all.filter(({ mutants }) => mutants !== undefined)
  const caught = sum(withMutants, ({ mutants }) => mutants?.caught ?? 0)
  const mutants = sum(withMutants, ({ mutants: shown }) => shown?.of ?? 0)
  return `# Reliability, measured

Written by \`pnpm reliability\`: do not edit. What is injected and what must hold is in [e2e/reliability](../e2e/reliability/README.md).

The log is read by kcat, the objects by programs that share no code with the sink; every record of every object is
compared.${mutants === 0 ? '' : ` Of ${mutants} bugs that were put into the code on purpose the checker found ${caught}.`}

${table(
  ['scenario', 'Kafka, lake', 'runs', 'records', 'objects', ...Object.keys(columns), 'worst recovery'],
  rows.map(rowCells),
)}

## Faults

A fault is counted when it was seen to have happened. Without a failure in N faults, a fault does harm with a probability
below 3/N (95 %).

${table(['fault', 'how often', 'did harm', 'less than'], faultCells(all))}

## Surroundings

${table(
  ['', ''],
  [
    ...Object.entries(versions).map(([name, version]) => [name, version]),
    ['machine', machine],
    ['date', date],
    ['seeds', seedsText(all)],
    ['time', durationText(sum(all, ({ durationMs }) => durationMs))],
  ],
)}
`
}

function rowCells({ name, on, runs }: Row): readonly string[] {
  const found = countByCode(runs.flatMap(({ report }) => report.findings))
  const recoveries = runs.flatMap(({ worstRecoveryMs }) => worstRecoveryMs ?? [])
  return [
    name,
    on,
    count(runs.length),
    count(sum(runs, ({ report }) => report.records)),
    count(sum(runs, ({ report }) => report.objects)),
    ...Object.values(columns).map((codes) => count(sum(codes, (code) => found[code] ?? 0))),
    recoveries.length === 0 ? '' : `${(Math.max(...recoveries) / 1000).toFixed(1)} s`,
  ]
}

/** Of each kind of fault: how often, in how many runs with it something was wrong, and the bound. */
function faultCells(all: readonly Figures[]): readonly (readonly string[])[] {
  const kinds = [...new Set(all.flatMap(({ faults }) => Object.keys(faults)))].toSorted()
  return kinds.map((kind) => {
    const runs = all.filter(({ faults }) => (faults[kind] ?? 0) > 0)
    const times = sum(runs, ({ faults }) => faults[kind] ?? 0)
    const harmful = runs.filter(({ report }) => report.findings.length > 0).length
    const bound = harmful > 0 || times < 4 ? '' : `1 in ${count(Math.floor(times / 3))}`
    return [kind, count(times), count(harmful), bound]
  })
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [rowText(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(rowText)].join('\n')
}

const rowText = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function seedsText(all: readonly Figures[]): string {
  const seeds = [...new Set(all.map(({ seed }) => seed))].toSorted((a, b) => a - b)
  return seeds.length <= 12 ? seeds.join(', ') : `${seeds[0]} to ${seeds.at(-1)}, ${seeds.length} of them`
}

function durationText(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0)
}

const count = (number: number): string => number.toLocaleString('en-US')
