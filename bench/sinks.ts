/**
 * `pnpm bench --sinks`: our consumer beside other sinks, on one topic, one S3 server and the same cores, round by round.
 * Every sink is watched from outside and in the same way: it begins when two megabytes have been carried by the loopback
 * device, and ends with the last object that the server has written. Each record must then be there exactly once.
 */
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { glob, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { jarFolder } from '@pinpipe/local-stack/maven-jars'
import { type BenchStack } from './bench-stack.ts'
import { consumerCases } from './cases.ts'
import { type Measured, measure, waitForQuiet } from './measure.ts'
import { type Sink, sinks } from './sink-peers.ts'
import { type CaseRuns, type Run, timedMs } from './table.ts'
import { type LoadedTopic } from './topic.ts'

/** Whole objects of 50,000 records: no sink has to wait for a timer at the end. */
export const sinkSplit = [650_000, 650_000, 700_000]

const startBytes = 2_000_000
const marks = { gzip: 0x1f8b, zstd: 0x28b5 }

export type SinkOptions = {
  readonly rounds: number
  /** Where peers/build.sh put the programs. */
  readonly peers: string
  readonly only: RegExp
  readonly patienceMs: number
  readonly say: (text: string) => void
}

/** The runs of each sink, and the names of those that are not here. */
export async function benchSinks(
  stack: BenchStack,
  topic: LoadedTopic,
  { rounds, peers, only, patienceMs, say }: SinkOptions,
): Promise<{ readonly cases: readonly CaseRuns[]; readonly missing: readonly string[] }> {
  const all = sinks(peers).filter(({ name }) => only.test(name))
  const here = all.filter(({ needs }) => needs === undefined || existsSync(needs))
  const cases = [
    ...here.map((sink) => ({ ...sink, run: async () => await runSink(stack, topic, sink) })),
    ...drainCases(stack, topic).filter(({ name }) => only.test(name)),
  ]
  const runs = new Map(cases.map(({ name }) => [name, [] as Run[]]))
  for (let round = 1; round <= rounds; round++) {
    for (const { name, rounds: most = rounds, run } of cases) {
      if (round > most) continue
      await waitForQuiet(patienceMs)
      execFileSync('sync')
      const measured = await run()
      runs.get(name)?.push(measured)
      say(`round ${round}: ${name}: ${(timedMs(measured) / 1000).toFixed(1)} s`)
    }
  }
  return {
    cases: [...runs].map(([title, done]) => ({ title, runs: done })),
    missing: all.filter((sink) => !here.includes(sink)).map(({ name }) => name),
  }
}

/** Programs that only read. */
function drainCases(
  stack: BenchStack,
  topic: LoadedTopic,
): readonly { readonly name: string; readonly rounds?: number; readonly run: () => Promise<Run> }[] {
  const known = consumerCases(stack, topic).filter(
    ({ name }) => name === 'kcat drain' || name === 'kafkajs drain',
  )
  return [...known, { name: 'Java consumer-perf drain', run: async () => await javaDrain(stack, topic) }]
}

async function javaDrain(stack: BenchStack, topic: LoadedTopic): Promise<Run> {
  const main = 'org.apache.kafka.tools.ConsumerPerformance'
  const args = ['-Xmx512m', '-cp', join(jarFolder('4.1'), '*'), main]
  const wanted = ['--topic', topic.topic, '--messages', String(topic.records), '--group', randomUUID()]
  const start = watchStart()
  const measured = await measure(
    { command: 'java', args: [...args, '--bootstrap-server', stack.kafka.bootstrapServers, ...wanted] },
    stack.servers,
  ).finally(() => start.stop())
  return { ...runOf(measured, topic), drainMs: Date.now() - start.at() }
}

async function runSink(stack: BenchStack, topic: LoadedTopic, sink: Sink): Promise<Run> {
  const id = `sink-${randomUUID()}`
  await stack.s3.createBucket(id)
  const command = await sink.command({ stack, topic, id })
  const isDone = sink.isDaemon === true ? isCommitted(stack, topic, [id, `connect-${id}`]) : undefined
  const start = watchStart()
  let measured: Measured
  try {
    measured = await measure(command, stack.servers, isDone)
  } finally {
    start.stop()
  }
  const bucket = join(stack.s3.folder, 'buckets', id)
  const files = await Array.fromAsync(glob('**/*.json*', { cwd: join(bucket, sink.prefix ?? '') }))
  const paths = files.map((file) => join(bucket, sink.prefix ?? '', file))
  const written = await Promise.all(paths.map(async (path) => await stat(path)))
  await checkRecords(paths, topic.records)
  await rm(bucket, { recursive: true, force: true })
  return {
    ...runOf(measured, topic),
    drainMs: Math.max(...written.map(({ mtimeMs }) => mtimeMs)) - start.at(),
    objects: paths.length,
    storedBytes: written.reduce((sum, { size }) => sum + size, 0),
  }
}

function runOf(measured: Measured, { records, contentBytes }: LoadedTopic): Omit<Run, 'drainMs'> {
  const { wallMs, cpuMs, serversCpuMs, peakRssBytes, othersShare } = measured
  return { wallMs, cpuMs, serversCpuMs, peakRssBytes, othersShare, records, contentBytes }
}

/** Whether one of the groups has committed the topic's end. */
function isCommitted(
  stack: BenchStack,
  { topic, partitions }: LoadedTopic,
  groups: readonly string[],
): () => Promise<boolean> {
  return async () => {
    const committed = await Promise.all(
      groups.map(async (group) => await stack.admin.committedOffsets(group, topic).catch(() => [])),
    )
    return committed.some(
      (offsets) =>
        offsets.length > 0 &&
        partitions.every((end, partition) =>
          offsets.some((at) => at.partition === partition && at.offset === BigInt(end)),
        ),
    )
  }
}

/** The moment (milliseconds since 1970) at which the loopback device has carried two megabytes more than now. */
function watchStart(): { at: () => number; stop: () => void } {
  const before = loopbackBytes()
  let at: number | undefined
  const timer = setInterval(() => {
    if (loopbackBytes() - before < startBytes) return
    at = Date.now()
    clearInterval(timer)
  }, 10)
  return { at: () => at ?? Number.NaN, stop: () => clearInterval(timer) }
}

function loopbackBytes(): number {
  return Number(/^ *lo: *(\d+)/m.exec(readFileSync('/proc/net/dev', 'utf8'))?.[1] ?? 0)
}

/** @throws Error unless the objects hold each record's `index` exactly once, each on a line of its own */
async function checkRecords(paths: readonly string[], records: number): Promise<void> {
  const seen = new Uint8Array(records)
  let lines = 0
  for (const path of paths) {
    // oxlint-disable-next-line no-await-in-loop -- one object at a time in memory
    const text = plain(await readFile(path))
    for (let at = 0; at < text.length; lines++) {
      const index = indexAt(text, at)
      if (index === undefined || seen[index] !== 0)
        throw new Error(`${path}: record ${index} is there twice or not one`)
      seen[index] = 1
      const end = text.indexOf(10, at)
      at = end === -1 ? text.length : end + 1
    }
  }
  if (lines !== records) throw new Error(`${lines} records are there, not ${records}`)
}

function plain(bytes: Buffer): Buffer {
  const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE()
  if (mark === marks.gzip) return gunzipSync(bytes)
  return mark === marks.zstd ? zstdDecompressSync(bytes) : bytes
}

/** Every value begins with `{"index":`. */
function indexAt(text: Buffer, at: number): number | undefined {
  const digits = /^\{"index":(\d+)/.exec(text.toString('latin1', at, at + 24))?.[1]
  return digits === undefined ? undefined : Number(digits)
}
