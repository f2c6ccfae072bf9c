/**
 * `pnpm demo`: the whole main job on this machine, with nothing but Node. Generated posts go through a Kafka in this process:
 * the producer sends them, the consumer lands them in a folder, and the folder is compared with what was sent.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { startEmbeddedKafka } from '@pinpipe/embedded-kafka'
import { appRunner } from './demo-apps.ts'
import { type Landed, landedIn } from './demo-lake.ts'

const sent = { prefix: 'demo', seed: 1, posts: 10_000 } as const
const root = join(import.meta.dirname, '..')
const lake = join(root, 'demo-lake')

type Summary = Readonly<Record<'acked' | 'records' | 'rejected' | 'durationMs', number>>

const count = (value: number): string => Math.round(value).toLocaleString('en')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function demo(): Promise<void> {
  const started = performance.now()
  await rm(lake, { recursive: true, force: true })
  await mkdir(lake)
  say('pinpipe demo: generated posts → Kafka → a folder\n')
  say('1. Start Kafka: the embedded broker, in this process (no Java, no Docker; it ends with the demo)')
  await using kafka = await startEmbeddedKafka()
  const run = appRunner(kafka.bootstrapServers, sent.prefix)
  say(`   ready at ${kafka.bootstrapServers}`)

  say('\n2. Create the topics that the catalogue says are missing')
  const applied = await run('topics', ['apply', '--partitions', '3', '--replication-factor', '1', '--yes'])
  say(applied.trimEnd().replaceAll(/^/gm, '   '))

  say(`\n3. Send ${count(sent.posts)} posts: each is three rows, one for each table`)
  const produced = await run('producer', ['--source', `generate:${sent.posts}`, '--seed', String(sent.seed)])
  const { acked, durationMs: sentMs } = JSON.parse(produced) as Summary
  say(`   ${count(acked)} records sent and acknowledged in ${seconds(sentMs)}`)

  say('\n4. Land the topics in a folder, each batch stored once')
  const to = ['--lake', `dir:${relative(root, lake)}`, '--group', 'demo', '--max-records', '1000']
  const consumed = await run('consumer', [...to, '--until-end'])
  const { records, rejected, durationMs: storedMs } = JSON.parse(consumed) as Summary
  say(`   ${count(records)} records stored, ${count(rejected)} rejected, in ${seconds(storedMs)}`)

  say('\n5. Compare the folder with what was sent, line by line')
  const landed = await landedIn(lake, sent)
  for (const { topic, lines, missing, twice, foreign } of landed)
    say(`   ${topic.padEnd(9)} ${count(lines)} lines: ${missing} missing, ${twice} twice, ${foreign} changed`)
  if (landed.some(({ missing, twice, foreign }) => missing + twice + foreign > 0))
    throw new Error('the folder does not hold each row exactly once: please report this as a bug')

  say(`
Done in ${seconds(performance.now() - started)}: nothing missing, nothing twice.

${table(landed, sentMs, storedMs)}

The lake: ${lake}

Try next:
   head -n 1 '${relative(root, lake)}/${landed[0]?.files[0] ?? ''}'
   pnpm producer --source generate:3 --out stdout
   pnpm stack up        # Kafka, MySQL and S3 to play with: README.md, "A five-minute tour"`)
}

/** One row for each topic, and one for all. */
function table(landed: readonly Landed[], sentMs: number, storedMs: number): string {
  const sum = (of: (one: Landed) => number): number => landed.reduce((total, one) => total + of(one), 0)
  const files = landed.flatMap((one) => one.files)
  const all = { topic: 'all', lines: sum(({ lines }) => lines), bytes: sum(({ bytes }) => bytes), files }
  const rows = [...landed, all].map((one) => [
    one.topic,
    count(one.lines),
    count(one.files.length),
    `${(one.bytes / 1e6).toFixed(1)} MB`,
    count((one.lines / sentMs) * 1000),
    count((one.lines / storedMs) * 1000),
  ])
  const lines = [['topic', 'records', 'objects', 'bytes', 'sent/s', 'stored/s'], ...rows]
  return lines
    .map(([topic = '', ...numbers]) => `   ${topic.padEnd(9)}${numbers.map((n) => n.padStart(10)).join('')}`)
    .join('\n')
}

try {
  await demo()
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
