/** `pnpm bench --brokers`: the embedded broker beside Apache Kafka, with the same clients in the same run. */
import { randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openAdmin } from '@pinpipe/kafka/admin'
import { javaArguments, shortJvm } from '@pinpipe/local-stack/java-tools'
import { type BrokerServer, startApache, startEmbedded } from './broker-servers.ts'
import { type BrokerMemory, type BrokerResults, type Pair } from './broker-table.ts'
import { type Command, type Measured, measure, processNow, waitForQuiet } from './measure.ts'

const recordBytes = 570
const records = 350_000
const memoryLimits = [256 * 2 ** 20, 2 ** 30]

/** How one client writes or reads all records; `msOf` reads its own measure, where the start of the client would hide the broker's. */
type Client = {
  readonly name: string
  readonly topics: number
  produce(servers: string, topics: readonly string[]): Command | Promise<Command>
  fetch(servers: string, topics: readonly string[]): Command | Promise<Command>
  msOf(measured: Measured): number
}

type Options = {
  readonly rounds: number
  readonly patienceMs: number
  readonly say: (text: string) => void
}

export async function benchBrokers({ rounds, patienceMs, say }: Options): Promise<BrokerResults> {
  await using resources = new AsyncDisposableStack()
  const work = await mkdtemp(join(tmpdir(), 'pinpipe-bench-'))
  resources.defer(() => rm(work, { recursive: true, force: true }))
  const lines = join(work, 'lines.txt')
  await writeLines(lines)
  const before = loadavg()[0] ?? 0
  say('start of the embedded broker, ten processes')
  const starts = await measureStarts()
  say('idle')
  const idle = await measureIdle()
  say('memory')
  const memory = []
  for (const maxBytes of memoryLimits) memory.push(await measureMemory(lines, maxBytes))
  const embedded = resources.use(await startEmbedded('2GiB'))
  const apache = resources.use(await startApache())
  const clients = [kcat(lines), ownClients, await javaTools()]
  const pairs = new Map<string, Pair[]>()
  // Round 0 is not counted: the JVM of the broker compiles what it uses.
  for (let round = 0; round <= rounds; round++)
    for (const client of clients) {
      // Neither is always the first.
      const order = round % 2 === 1 ? [embedded, apache] : [apache, embedded]
      const runs = new Map<BrokerServer, Awaited<ReturnType<typeof runClient>>>()
      for (const broker of order) {
        await waitForQuiet(patienceMs)
        runs.set(broker, await runClient(client, broker))
      }
      const [ours, theirs] = [runs.get(embedded), runs.get(apache)]
      if (ours === undefined || theirs === undefined) continue
      for (const direction of ['produce', 'fetch'] as const) {
        const title = `${client.name}, ${direction}`
        const pair = { embedded: ours[direction], apache: theirs[direction] }
        if (round > 0) pairs.set(title, [...(pairs.get(title) ?? []), pair])
        say(
          `round ${round}: ${title}: ${ours[direction].ms.toFixed(0)} ms, Apache Kafka ${theirs[direction].ms.toFixed(0)} ms`,
        )
      }
    }
  const load = { before, after: loadavg()[0] ?? 0 }
  return { load, records, recordBytes, starts, idle, memory, cases: [...pairs] }
}

async function runClient(client: Client, broker: BrokerServer) {
  const connection = { clientId: 'pinpipe-bench', brokers: [broker.bootstrapServers], tls: false as const }
  await using admin = await openAdmin(connection)
  const topics = Array.from({ length: client.topics }, () => `bench-${randomUUID()}`)
  await admin.createTopics(topics.map((topic) => ({ topic, partitions: 3, replicationFactor: 1 })))
  const runOf = async (command: Command) => {
    const measured = await measure(command, [broker.pid])
    const { serversCpuMs: brokerCpuMs, othersShare } = measured
    return { ms: client.msOf(measured), brokerCpuMs, othersShare }
  }
  const produced = await runOf(await client.produce(broker.bootstrapServers, topics))
  let held = 0
  for (const topic of topics)
    held += (await admin.watermarks(topic)).reduce((sum, { high }) => sum + Number(high), 0)
  if (held !== records)
    throw new Error(`${broker.name} holds ${held} records of ${client.name}, not ${records}`)
  const fetched = await runOf(await client.fetch(broker.bootstrapServers, topics))
  await admin.deleteTopics(topics)
  return { produce: produced, fetch: fetched }
}

/** librdkafka; its whole process is measured. */
function kcat(lines: string): Client {
  const settings = ['batch.size=65536', 'linger.ms=20', 'acks=all', 'topic.partitioner=murmur2_random']
  return {
    name: 'kcat',
    topics: 1,
    produce: (servers, [topic = '']) => ({
      command: 'kcat',
      args: ['-P', '-b', servers, '-t', topic, '-l', lines, ...settings.flatMap((each) => ['-X', each])],
    }),
    fetch: (servers, [topic = '']) => ({
      command: 'kcat',
      args: ['-C', '-b', servers, '-t', topic, '-e', '-q', '-f', ''],
    }),
    msOf: ({ wallMs }) => wallMs,
  }
}

/** kafkajs behind the ports of packages/kafka. */
const ownClients: Client = {
  name: 'kafkajs',
  topics: 3,
  produce: (servers, topics) => ownClient('produce', servers, topics),
  fetch: (servers, topics) => ownClient('fetch', servers, topics),
  msOf: ({ stdout }) => (JSON.parse(stdout) as { ms: number }).ms,
}

function ownClient(direction: string, servers: string, topics: readonly string[]): Command {
  const script = join(import.meta.dirname, 'broker-client.ts')
  const args = ['--import', 'tsx', script, direction, servers, String(records), ...topics]
  return { command: process.execPath, args }
}

/** Apache Kafka's own perf tools, with their own measure: most of their run is the start of the JVM. */
async function javaTools(): Promise<Client> {
  const jvm = [...shortJvm, ...(await javaArguments('4.1', 'tool'))]
  return {
    name: 'Java perf tools',
    topics: 1,
    produce(servers, [topic = '']) {
      const size = [
        '--num-records',
        String(records),
        '--record-size',
        String(recordBytes),
        '--throughput',
        '-1',
      ]
      const properties = [
        '--producer-props',
        `bootstrap.servers=${servers}`,
        'batch.size=65536',
        'linger.ms=20',
      ]
      const tool = 'org.apache.kafka.tools.ProducerPerformance'
      return { command: 'java', args: [...jvm, tool, '--topic', topic, ...size, ...properties] }
    },
    fetch(servers, [topic = '']) {
      const tool = 'org.apache.kafka.tools.ConsumerPerformance'
      const args = ['--bootstrap-server', servers, '--topic', topic, '--messages', String(records)]
      return { command: 'java', args: [...jvm, tool, ...args, '--hide-header', '--timeout', '60000'] }
    },
    msOf({ stdout }) {
      const rate = /^\d+ records sent, ([\d.]+) records\/sec.*ms 99\.9th/m.exec(stdout)?.[1]
      if (rate !== undefined) return (records / Number(rate)) * 1_000
      // start, end, MB, MB/s, records, records/s, rebalance ms, fetch ms, …
      const fetchMs = Number(stdout.trim().split('\n').at(-1)?.split(', ')[7])
      if (!(fetchMs > 0)) throw new Error(`the tool says: ${stdout}`)
      return fetchMs
    },
  }
}

async function measureStarts() {
  const script = join(import.meta.dirname, 'embedded-start.ts')
  const starts: { importMs: number; startMs: number; secondStartMs: number }[] = []
  for (let count = 0; count < 10; count++) {
    const { stdout } = await measure({ command: process.execPath, args: ['--import', 'tsx', script] }, [])
    starts.push(JSON.parse(stdout) as (typeof starts)[number])
  }
  return starts
}

/** CPU time of ten seconds without a request. */
async function measureIdle() {
  const quietMs = 10_000
  await using broker = await startEmbedded('256MiB')
  await pause(1_000)
  const before = processNow(broker.pid)?.cpuMs ?? 0
  await pause(quietMs)
  const cpuMs = (processNow(broker.pid)?.cpuMs ?? 0) - before
  return { seconds: quietMs / 1_000, cpuMs }
}

/** Four times as much as there is room for, and read in between. */
async function measureMemory(lines: string, maxBytes: number): Promise<BrokerMemory> {
  const script = join(import.meta.dirname, 'embedded-memory.ts')
  const args = ['--import', 'tsx', script, String(maxBytes)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const servers = address.trim()
  const connection = { clientId: 'pinpipe-bench', brokers: [servers], tls: false as const }
  const client = kcat(lines)
  const times = Math.ceil((4 * maxBytes) / (records * recordBytes))
  {
    await using admin = await openAdmin(connection)
    await admin.createTopics([{ topic: 'memory', partitions: 3, replicationFactor: 1 }])
    for (let time = 0; time < times; time++) {
      await measure(await client.produce(servers, ['memory']), [])
      await measure(await client.fetch(servers, ['memory']), [])
    }
  }
  const told = once(child.stdout, 'data')
  child.kill('SIGTERM')
  const [text] = (await told) as [string]
  const peaks = JSON.parse(text) as Omit<BrokerMemory, 'maxBytes' | 'writtenBytes'>
  return { maxBytes, writtenBytes: times * records * recordBytes, ...peaks }
}

/** Different lines, so that nobody profits from a cache. */
async function writeLines(path: string): Promise<void> {
  const file = createWriteStream(path)
  for (let from = 0; from < records; from += 1_000) {
    const some = Array.from({ length: 1_000 }, (_, at) => line(from + at)).join('')
    if (!file.write(some)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

function line(index: number): string {
  const head = `{"index":${index},"text":"`
  let text = ''
  for (let seed = index + 1; text.length < recordBytes; seed = (seed * 48_271) % 2_147_483_647)
    text += seed.toString(36)
  return `${head}${text.slice(0, recordBytes - head.length - 2)}"}\n`
}
