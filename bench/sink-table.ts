/** The figures of the sinks as text. Pure. */
import { type Freshness } from './freshness.ts'
import { type CaseRuns, cell, runsTable, timedMs } from './table.ts'

export type SinkResults = {
  readonly cases: readonly CaseRuns[]
  /** Sinks that were not there. */
  readonly missing: readonly string[]
  readonly freshness: readonly Freshness[]
  readonly load: { readonly before: number; readonly after: number }
  readonly topic: { readonly records: number; readonly contentBytes: number }
}

export function sinksText(
  { cases, missing, freshness, load, topic }: SinkResults,
  date: Date,
  machine: readonly (readonly [string, string])[],
): string {
  const bytes = (topic.contentBytes / topic.records).toFixed(0)
  return `## Beside other sinks

Written by \`pnpm bench --sinks\` on ${date.toISOString().slice(0, 10)}: ${machine.map(([name, value]) => `${name} ${value}`).join(', ')}.
Load average (1 min) before and after: ${load.before.toFixed(1)}, ${load.after.toFixed(1)}.

${topic.records.toLocaleString('en')} records of ${bytes} bytes in 3 partitions (650,000, 650,000, 700,000), objects of 50,000 records on versitygw. Every process is watched
from outside: drain is from the first 2 MB over the loopback device to the last object (drains: to the end). Every sink has stored each
record exactly once.
${missing.length === 0 ? '' : `Not there, so not measured: ${missing.join('; ')}.\n`}
${runsTable(cases)}${validationCost(cases)}${freshness.map(freshnessLine).join('')}`
}

function validationCost(cases: readonly CaseRuns[]): string {
  const runsOf = (title: string): CaseRuns['runs'] => cases.find((each) => each.title === title)?.runs ?? []
  const without = runsOf('pinpipe, none')
  const costs = runsOf('pinpipe, none, --validate json').flatMap((run, i) => {
    const other = without[i]
    return other === undefined ? [] : [(100 * timedMs(run)) / timedMs(other) - 100]
  })
  return costs.length === 0 ? '' : `\n\`--validate json\` takes ${cell(costs, 0)} % more time, by round.\n`
}

function freshnessLine({ what, maxAgeMs, oldestMs, ranges }: Freshness): string {
  return `\n${what}: the oldest record of each of ${ranges} ranges was stored at most ${seconds(oldestMs)} s after its timestamp (\`--max-age ${seconds(maxAgeMs)}s\`).\n`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2)
}
