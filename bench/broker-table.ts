/** The figures of both brokers as text. Pure. */
import { cell, markdownTable } from './table.ts'

type BrokerRun = { readonly ms: number; readonly brokerCpuMs: number; readonly othersShare: number }
export type Pair = { readonly embedded: BrokerRun; readonly apache: BrokerRun }

export type BrokerMemory = {
  /** The broker's limit. */
  readonly maxBytes: number
  readonly writtenBytes: number
  readonly startRssBytes: number
  readonly peakRssBytes: number
  /** All buffers of the process, garbage included. */
  readonly peakBufferBytes: number
  /** What the broker says that records take. */
  readonly peakUsedBytes: number
}

export type BrokerResults = {
  readonly load: { readonly before: number; readonly after: number }
  readonly records: number
  readonly recordBytes: number
  readonly starts: readonly {
    readonly importMs: number
    readonly startMs: number
    readonly secondStartMs: number
  }[]
  readonly idle: { readonly seconds: number; readonly cpuMs: number }
  readonly memory: readonly BrokerMemory[]
  /** By the case's title; one pair a round. */
  readonly cases: readonly (readonly [string, readonly Pair[]])[]
}

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

export function brokersText(
  { load, records, recordBytes, starts, idle, memory, cases }: BrokerResults,
  date: Date,
  machine: readonly (readonly [string, string])[],
): string {
  const megabytes = (records * recordBytes) / 1e6
  return `## The embedded broker beside Apache Kafka

Written by \`pnpm bench --brokers\` on ${date.toISOString().slice(0, 10)}: ${machine.map(([name, value]) => `${name} ${value}`).join(', ')}.
Load average (1 min) before and after: ${load.before.toFixed(1)}, ${load.after.toFixed(1)}. Each figure is min/**median**/max.

${records.toLocaleString('en')} records of ${recordBytes} bytes, ${megabytes.toFixed(0)} MB, to and from three partitions (kafkajs: of each of three topics). The same client runs against
both brokers one after the other, and in the next round the other way round, after one round that is not counted. Apache Kafka has 1 GiB of
heap and G1. kcat: the whole process; the others: their own measure, without their start.

${pairsTable(cases, megabytes)}
- From the call of \`startEmbeddedKafka\` to the answer of the first Metadata request, in a fresh process with the modules loaded:
  ${cell(
    starts.map(({ startMs }) => startMs),
    0,
  )} ms; a second broker in the same process: ${cell(
    starts.map(({ secondStartMs }) => secondStartMs),
    1,
  )} ms. Loading the modules from TypeScript: ${cell(
    starts.map(({ importMs }) => importMs),
    0,
  )} ms.
- CPU time of ${idle.seconds} idle seconds: ${idle.cpuMs.toFixed(0)} ms.
${memory.map(memoryText).join('')}`
}

function memoryText(memory: BrokerMemory): string {
  const { maxBytes, writtenBytes, startRssBytes, peakRssBytes, peakBufferBytes, peakUsedBytes } = memory
  const share = (bytes: number): string => `${mib(bytes)} MiB (${((100 * bytes) / maxBytes).toFixed(0)} %)`
  return `- Memory, with a limit of ${mib(maxBytes)} MiB and ${mib(writtenBytes)} MiB written and read, at most: records ${share(peakUsedBytes)},
  all buffers of the process ${share(peakBufferBytes)}, growth of the whole process ${share(peakRssBytes - startRssBytes)}.
`
}

function pairsTable(cases: BrokerResults['cases'], megabytes: number): string {
  const header = [
    'case',
    'rounds',
    'embedded s',
    'Apache s',
    'embedded MB/s',
    'Apache MB/s',
    'embedded rate in % of Apache’s, by round',
    'embedded broker CPU s',
    'Apache broker CPU s',
    'others %',
  ]
  const rows = cases.map(([title, pairs]) => {
    const of = (side: keyof Pair, figure: (run: BrokerRun) => number, digits: number): string =>
      cell(
        pairs.map((pair) => figure(pair[side])),
        digits,
      )
    return [
      title,
      String(pairs.length),
      of('embedded', ({ ms }) => ms / 1e3, 2),
      of('apache', ({ ms }) => ms / 1e3, 2),
      of('embedded', ({ ms }) => megabytes / (ms / 1e3), 0),
      of('apache', ({ ms }) => megabytes / (ms / 1e3), 0),
      cell(
        pairs.map(({ embedded, apache }) => (100 * apache.ms) / embedded.ms),
        0,
      ),
      of('embedded', ({ brokerCpuMs }) => brokerCpuMs / 1e3, 2),
      of('apache', ({ brokerCpuMs }) => brokerCpuMs / 1e3, 2),
      cell(
        pairs.flatMap(({ embedded, apache }) => [100 * embedded.othersShare, 100 * apache.othersShare]),
        0,
      ),
    ]
  })
  return markdownTable(header, rows)
}
