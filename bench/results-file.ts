/** RESULTS.md: the apps, the sinks, the brokers; below them the notes that people write, which every run keeps. */
import { readFile, writeFile } from 'node:fs/promises'
import { type CaseRuns, cell, runsTable, timedMs } from './table.ts'

export type Results = {
  readonly date: Date
  readonly machine: readonly (readonly [string, string])[]
  readonly load: { readonly before: number; readonly after: number }
  readonly topic: { readonly records: number; readonly contentBytes: number }
  readonly consumers: readonly CaseRuns[]
  readonly producers: readonly CaseRuns[]
}

/** The parts below the apps', in the order of the file; each begins with its mark. */
const marks = {
  sinks: '<!-- sinks: written by `pnpm bench --sinks` -->',
  brokers: '<!-- brokers: written by `pnpm bench --brokers` -->',
} as const
type Part = keyof typeof marks
const notesMark = '<!-- notes: written by hand, kept by every run -->'
const noNotes = `${notesMark}\n\n## Notes\n`

/** The text above the notes. Pure. */
export function measuredText({ date, machine, load, topic, consumers, producers }: Results): string {
  const peers = consumers.filter(({ title }) => title.startsWith('kafkajs drain'))
  return `# Results

Written by \`pnpm bench\` on ${date.toISOString().slice(0, 10)}. Each figure is min/**median**/max of interleaved runs.

${machine.map(([name, value]) => `- ${name}: ${value}`).join('\n')}
- load average (1 min) before and after: ${load.before.toFixed(1)}, ${load.after.toFixed(1)}; broker, S3 server and the measured process share the cores

## Consumer

${topic.records.toLocaleString('en')} records in one topic of 3 partitions, ${(topic.contentBytes / topic.records).toFixed(0)} bytes a line, ${(topic.contentBytes / 1e6).toFixed(0)} MB, in uncompressed batches of about 64 KiB.
Each run of the consumer stored exactly these records (object names tile the offsets, lines are counted).

${runsTable(consumers)}${peers.map((peer) => comparison(consumers, peer)).join('')}
## Producer

\`producer --source generate:… --mode sequential\` into three topics of 3 partitions, three records a post, 4 headers a record.

${runsTable(producers)}`
}

/** Rate of each consumer without compression in percent of the bare drain, by both clocks. */
function comparison(consumers: readonly CaseRuns[], peer: CaseRuns): string {
  const clocks = [
    { name: 'drain', timeMs: timedMs },
    { name: 'whole process', timeMs: (run: CaseRuns['runs'][number]) => run.wallMs },
  ]
  const lines = consumers
    .filter(({ title }) => title.includes(', none,'))
    .map(({ title, runs }) => {
      const shares = clocks.map(({ name, timeMs }) => {
        const values = runs.flatMap((run, i) => {
          const other = peer.runs[i]
          return other === undefined ? [] : [(100 * timeMs(other)) / timeMs(run)]
        })
        return `${name} ${cell(values, 0)} %`
      })
      return `- ${title}: ${shares.join(', ')}`
    })
  return `\nRate in percent of "${peer.title}" of the same round:\n\n${lines.join('\n')}\n`
}

/** Writes the part about the apps and keeps the others. */
export async function writeResults(path: string, measured: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '')
  await writeFile(
    path,
    `${measured}\n${partOf(before, 'sinks')}${partOf(before, 'brokers')}${notesOf(before)}`,
  )
}

/** Writes one of the other parts and keeps the rest. */
export async function writePart(path: string, part: Part, measured: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '')
  await writeFile(path, withPart(before, part, measured))
}

/** The file with another text in this part. Pure. */
export function withPart(text: string, part: Part, measured: string): string {
  const apps = text.slice(0, Math.min(...startsIn(text), text.length))
  const parts = { sinks: partOf(text, 'sinks'), brokers: partOf(text, 'brokers') }
  parts[part] = `${marks[part]}\n\n${measured}\n`
  return `${apps}${parts.sinks}${parts.brokers}${notesOf(text)}`
}

/** The part with its mark; nothing when there is none. */
function partOf(text: string, part: Part): string {
  const start = text.indexOf(marks[part])
  if (start === -1) return ''
  return text.slice(start, Math.min(...startsIn(text).filter((at) => at > start), text.length))
}

/** Where parts and notes begin. */
function startsIn(text: string): readonly number[] {
  return [...Object.values(marks), notesMark].map((mark) => text.indexOf(mark)).filter((at) => at >= 0)
}

/** Everything from the mark on. Pure. */
export function notesOf(text: string): string {
  const at = text.indexOf(notesMark)
  return at === -1 ? noNotes : text.slice(at)
}
