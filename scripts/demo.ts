/**
 * `pnpm demo`: the whole main job on this machine. Starts Apache Kafka, sends generated posts with the producer, lands the
 * topics in a folder with the consumer, reads that folder back and says in plain words what happened.
 */
import { spawn } from 'node:child_process'
import { glob, mkdir, readFile, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { startKafka } from '@pinpipe/local-stack/kafka'
import { missingServers } from '@pinpipe/local-stack/prerequisites'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'

const posts = 5_000
const prefix = 'demo'
const root = join(import.meta.dirname, '..')
const lake = join(root, 'lake')
const apps = { producer: 'apps/producer', consumer: 'apps/consumer', topics: 'apps/topic-admin' } as const

type Summary = Readonly<Record<'acked' | 'records' | 'objects' | 'rejected' | 'durationMs', number>>

const count = (value: number): string => value.toLocaleString('en')
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** Runs an app from source, shows its progress, and returns its standard output. */
async function run(app: keyof typeof apps, args: readonly string[]): Promise<string> {
  say(`   $ pnpm ${app} ${args.join(' ')}`)
  const child = spawn(process.execPath, ['--import', 'tsx', `${apps[app]}/src/main.ts`, ...args], {
    cwd: root,
    // On a terminal each app shows a live line; its log lines are not what a newcomer looks for.
    env: { ...process.env, KAFKA_BROKERS: kafka.bootstrapServers, TOPIC_PREFIX: prefix, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  if (code !== 0) throw new Error(`${app} ended with exit code ${code}`)
  return stdout
}

/** Reads the lake as any program could: one JSON value a line, a folder for each topic and partition. */
async function readLake(): Promise<{ readonly files: string[]; readonly keys: Map<string, number[]> }> {
  const files: string[] = []
  const keys = new Map<string, number[]>()
  for (const table of catalogue) {
    const found: number[] = []
    // oxlint-disable-next-line no-await-in-loop -- files are read in order
    for await (const file of glob(`topics/${topicOf(prefix, table)}/**/*.json`, { cwd: lake })) {
      files.push(file)
      const lines = (await readFile(join(lake, file), 'utf8')).trimEnd().split('\n')
      for (const line of lines) found.push(Number((JSON.parse(line) as Record<string, unknown>)[table.key]))
    }
    keys.set(table.name, found)
  }
  return { files, keys }
}

const missing = (await missingServers()).filter((line) => line.startsWith('kafka'))
if (missing.length > 0) {
  process.stderr.write(`demo: ${missing.join(' ')}\n`)
  process.exit(1)
}

const started = performance.now()
await rm(lake, { recursive: true, force: true })
await mkdir(lake)
say('pinpipe demo: generated posts → Kafka → a folder\n')
say('1. Start Apache Kafka on this machine (no Docker; it stops when the demo ends)')
await using kafka = await startKafka()
say(`   ready at ${kafka.bootstrapServers}\n`)

say('2. Create the topics that the catalogue says are missing')
const applied = await run('topics', ['apply', '--partitions', '3', '--replication-factor', '1', '--yes'])
say(applied.trimEnd().replaceAll(/^/gm, '   '))

say(`\n3. Send ${count(posts)} posts: each is three rows, one for each table`)
const produced = JSON.parse(
  (await run('producer', ['--source', `generate:${posts}`, '--mode', 'sequential'])).trim(),
) as Summary
say(`   ${count(produced.acked)} records sent and acknowledged in ${seconds(produced.durationMs)}`)

say('\n4. Land the topics in a folder, each batch stored once')
const consumed = JSON.parse(
  (await run('consumer', ['--lake', `dir:${relative(root, lake)}`, '--group', 'demo', '--until-end'])).trim(),
) as Summary
say(
  `   ${count(consumed.records)} records stored in ${consumed.objects} files, ${count(consumed.rejected)} rejected, in ${seconds(consumed.durationMs)}`,
)

say('\n5. Read the folder back')
const { files, keys } = await readLake()
let isComplete = true
for (const [table, found] of keys) {
  const distinct = new Set(found).size
  if (found.length !== posts || distinct !== posts) isComplete = false
  say(
    `   ${table.padEnd(17)} ${count(found.length).padStart(7)} lines, ${count(posts - distinct)} missing, ${count(found.length - distinct)} twice`,
  )
}

if (!isComplete)
  throw new Error('The folder does not hold each row exactly once: please report this as a bug.')
say(`
Done in ${seconds(performance.now() - started)}: ${count(produced.acked)} records acknowledged by Kafka, ${files.length} files in ./lake, nothing missing, nothing twice.

   look:   head -n 1 lake/${files[0] ?? ''}
   next:   pnpm stack up        Kafka, MySQL and S3 to play with (see README, "A five-minute tour")
           pnpm producer --help`)
