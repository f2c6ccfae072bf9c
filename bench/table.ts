/** Markdown tables of measured cases. Pure. */
import { type Spread, spreadOf } from './statistics.ts'

export type Run = {
  /** From the assignment of the partitions to the last record or object; undefined where a tool does not tell. */
  readonly drainMs: number | undefined
  readonly wallMs: number
  readonly cpuMs: number
  readonly serversCpuMs: number
  readonly peakRssBytes: number
  readonly othersShare: number
  readonly records: number
  /** Values and one newline each, before compression. */
  readonly contentBytes: number
  readonly objects?: number
  readonly storedBytes?: number
}

export type CaseRuns = { readonly title: string; readonly runs: readonly Run[] }

const megabyte = 1_000_000

/** One row a case: min/**median**\/max of its runs. */
export function runsTable(cases: readonly CaseRuns[]): string {
  const header = [
    'case',
    'runs',
    'drain s',
    'k records/s',
    'MB/s',
    'whole process s',
    'CPU s',
    'servers CPU s',
    'peak MB',
    'objects',
    'stored MB',
    'others %',
  ]
  const rows = cases.map(({ title, runs }) => [
    title,
    String(runs.length),
    cell(runs.flatMap((run) => run.drainMs ?? []).map(seconds), 1),
    cell(
      runs.map((run) => run.records / timedMs(run)),
      0,
    ),
    cell(
      runs.map((run) => run.contentBytes / megabyte / seconds(timedMs(run))),
      0,
    ),
    cell(
      runs.map((run) => seconds(run.wallMs)),
      1,
    ),
    cell(
      runs.map((run) => seconds(run.cpuMs)),
      1,
    ),
    cell(
      runs.map((run) => seconds(run.serversCpuMs)),
      1,
    ),
    cell(
      runs.map((run) => run.peakRssBytes / megabyte),
      0,
    ),
    cell(
      runs.flatMap((run) => run.objects ?? []),
      0,
    ),
    cell(
      runs.flatMap((run) => run.storedBytes ?? []).map((bytes) => bytes / megabyte),
      0,
    ),
    cell(
      runs.map((run) => run.othersShare * 100),
      0,
    ),
  ])
  return markdownTable(header, rows)
}

/** What the rate is of: the drain, or the whole process where a tool tells no more. */
export function timedMs(run: Pick<Run, 'drainMs' | 'wallMs'>): number {
  return run.drainMs ?? run.wallMs
}

/** A GitHub table; the first column is text, the others are numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'))
  return [header, rule, ...rows].map(line).join('')
}

/** `1.2/**1.3**\/1.5`, one number where all are the same, `–` without any. */
export function cell(values: readonly number[], digits: number): string {
  if (values.length === 0) return '–'
  const { min, median, max }: Spread = spreadOf(values)
  const [low, middle, high] = [min, median, max].map((value) => value.toFixed(digits))
  return low === high ? `**${middle}**` : `${low}/**${middle}**/${high}`
}

function seconds(ms: number): number {
  return ms / 1000
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}
