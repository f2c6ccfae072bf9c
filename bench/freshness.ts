/**
 * How old a record is at most when its object is stored: from its timestamp, as the link of its range says, to the line in
 * the consumer's log. Measured at 50,000 records/s, and for a single record that is followed by silence.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { glob, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchStack } from './bench-stack.ts'
import { linesOf } from './topic.ts'

export type Freshness = {
  readonly what: string
  readonly maxAgeMs: number
  /** Age of the oldest record at the moment its range was stored. */
  readonly oldestMs: number
  readonly ranges: number
}

const maxAgeMs = 3_000
const recordsASecond = 50_000
const seconds = 20
/** So long a consumer gets for what is left when nothing more comes. */
const restMs = maxAgeMs + 2_000

export async function benchFreshness(stack: BenchStack, say: (text: string) => void): Promise<Freshness[]> {
  const busy = await freshnessOf(stack, `At ${recordsASecond.toLocaleString('en')} records/s`, sendSteadily)
  say(`freshness at ${recordsASecond} records/s: ${busy.oldestMs} ms`)
  const single = await freshnessOf(stack, 'A single record, then silence', async (write) => {
    await write('0\t{"index":0}\n')
    await sleep(1_000)
  })
  say(`freshness of a single record: ${single.oldestMs} ms`)
  return [busy, single]
}

async function freshnessOf(
  stack: BenchStack,
  what: string,
  send: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<Freshness> {
  const id = `fresh-${randomUUID()}`
  const brokers = stack.kafka.bootstrapServers
  await stack.admin.createTopics([{ topic: id, partitions: 3, replicationFactor: 1 }])
  await stack.s3.createBucket(id)
  const flags = { topics: id, group: id, lake: `s3://${id}`, 'max-age': `${maxAgeMs}ms`, validate: 'none' }
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const env = { ...stack.s3.env, KAFKA_BROKERS: brokers, LOG_LEVEL: 'debug', LOG_FORMAT: 'json' }
  const consumer = spawn(process.execPath, [stack.bundleOf('consumer'), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  consumer.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const ended = once(consumer, 'close')
  while (!log.includes('partitions assigned') && consumer.exitCode === null) await sleep(50)

  const kcat = spawn('kcat', ['-P', '-b', brokers, '-t', id, '-K', '\t', '-X', 'linger.ms=20'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  await send(async (text) => {
    if (!kcat.stdin.write(text)) await once(kcat.stdin, 'drain')
  })
  kcat.stdin.end()
  await sleep(restMs)
  consumer.kill('SIGTERM')
  const [code] = await ended
  if (code !== 0) throw new Error(`the consumer ended with ${code}: ${log.slice(-2_000)}`)
  const folder = join(stack.s3.folder, 'buckets', id)
  const ages = await agesOf(folder, log)
  await rm(folder, { recursive: true, force: true })
  if (ages.length === 0) throw new Error('no range was stored')
  return { what, maxAgeMs, oldestMs: Math.max(...ages), ranges: ages.length }
}

/** Writes in steps of 20 ms, by deadlines that do not drift. */
async function sendSteadily(write: (text: string) => Promise<void>): Promise<void> {
  const stepMs = 20
  const step = (recordsASecond * stepMs) / 1_000
  const pieces = linesOf(0, recordsASecond * seconds, step)
  const startedAt = performance.now()
  let n = 0
  for (const { text } of pieces) {
    // oxlint-disable-next-line no-await-in-loop -- paced
    await write(text)
    n += 1
    // oxlint-disable-next-line no-await-in-loop -- paced
    await sleep(Math.max(0, startedAt + n * stepMs - performance.now()))
  }
}

type Link = {
  readonly start: string
  readonly partition: number
  readonly files: readonly { readonly minTimestamp: string }[]
}

async function agesOf(lake: string, log: string): Promise<number[]> {
  const storedAt = new Map<string, number>()
  for (const line of log.split('\n').filter((text) => text.includes('"range stored"'))) {
    const { time, partition, start } = JSON.parse(line) as { time: string; partition: number; start: string }
    storedAt.set(`${partition}/${start}`, Date.parse(time))
  }
  const ages: number[] = []
  for await (const file of glob('_chain/*/*/*-*.json', { cwd: lake })) {
    const { start, partition, files } = JSON.parse(await readFile(join(lake, file), 'utf8')) as Link
    const at = storedAt.get(`${partition}/${start}`)
    for (const { minTimestamp } of at === undefined ? [] : files) ages.push((at ?? 0) - Number(minTimestamp))
  }
  return ages
}
