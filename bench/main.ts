/** `pnpm bench`: measures producer and consumer beside kcat, kafkajs and other sinks on this machine; see README.md. */
import { execFileSync } from 'node:child_process'
import { homedir, loadavg } from 'node:os'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchBrokers } from './embedded-kafka.ts'
import { brokersText } from './broker-table.ts'
import { openBenchStack } from './bench-stack.ts'
import { type Case, consumerCases, producerCases } from './cases.ts'
import { readSelfTimes } from './cpu-profile.ts'
import { describeMachine } from './machine.ts'
import { waitForQuiet } from './measure.ts'
import { measuredText, writePart, writeResults } from './results-file.ts'
import { benchSinks, sinkSplit } from './sinks.ts'
import { sinksText } from './sink-table.ts'
import { benchFreshness } from './freshness.ts'
import { type CaseRuns, type Run, runsTable } from './table.ts'
import { loadTopic } from './topic.ts'

const { values: options } = parseArgs({
  options: {
    /** Rounds; each case once a round. */
    runs: { type: 'string', default: '3' },
    /** Records in the consumers' topic; a tenth of it is the number of the producer's posts. */
    records: { type: 'string', default: '2000000' },
    /** Cases whose name matches this pattern. Results are then printed, not written. */
    only: { type: 'string' },
    /** Takes a CPU profile of each case once and prints where the time goes. Results are not written. */
    profile: { type: 'boolean', default: false },
    /** Compares the embedded broker with Apache Kafka, and nothing else. */
    brokers: { type: 'boolean', default: false },
    /** Compares the consumer with other sinks, and nothing else. */
    sinks: { type: 'boolean', default: false },
    /** Where peers/build.sh put the other sinks; those that are not there are left out. */
    peers: { type: 'string', default: join(homedir(), '.cache', 'pinpipe', 'peers') },
    /** Seconds to wait before each run until the machine is quiet. */
    patience: { type: 'string', default: '60' },
  },
})
const [runs, records, patienceMs] = [
  Number(options.runs),
  Number(options.records),
  Number(options.patience) * 1000,
]
const only = new RegExp(options.only ?? '')
const resultsFile = join(import.meta.dirname, 'RESULTS.md')
const say = (text: string): void => void process.stderr.write(`${text}\n`)

if (options.brokers) {
  const results = await benchBrokers({ rounds: runs, patienceMs, say })
  const text = brokersText(results, new Date(), await describeMachine())
  if (options.only === undefined) await writePart(resultsFile, 'brokers', text)
  process.stdout.write(text)
  process.exit(0)
}

say('build the apps, start Kafka and versitygw')
await using stack = await openBenchStack()
const topicName = 'bench.pin'
await stack.admin.createTopics([{ topic: topicName, partitions: 3, replicationFactor: 1 }])
say(`load ${topicName}`)
const split = options.sinks ? sinkSplit : undefined
const count = split?.reduce((sum, part) => sum + part, 0) ?? records
const topic = await loadTopic(stack.kafka.bootstrapServers, topicName, count, stack.admin, split)
if (options.sinks) {
  const load = { before: loadavg()[0] ?? 0, after: 0 }
  const sinks = await benchSinks(stack, topic, { rounds: runs, peers: options.peers, only, patienceMs, say })
  const freshness = only.test('freshness') ? await benchFreshness(stack, say) : []
  load.after = loadavg()[0] ?? 0
  const text = sinksText({ ...sinks, freshness, load, topic }, new Date(), await describeMachine())
  if (options.only === undefined) await writePart(resultsFile, 'sinks', text)
  process.stdout.write(text)
} else if (options.profile) for (const each of casesOf()) await profile(each)
else await measureAll(casesOf())

function casesOf(): readonly Case[] {
  const all = [...consumerCases(stack, topic), ...producerCases(stack, Math.ceil(records / 10))]
  return all.filter(({ name }) => only.test(name))
}

async function measureAll(cases: readonly Case[]): Promise<void> {
  const before = loadavg()[0] ?? 0
  const results = new Map<Case, Run[]>(cases.map((each) => [each, []]))
  for (let round = 1; round <= runs; round++) {
    for (const [each, done] of results) {
      const run = await undisturbed(each)
      done.push(run)
      say(`round ${round}: ${each.name}: ${(run.wallMs / 1000).toFixed(1)} s`)
    }
  }
  const of = (kind: Case['kind']): CaseRuns[] =>
    [...results]
      .filter(([each]) => each.kind === kind)
      .map(([{ name }, done]) => ({ title: name, runs: done }))
  const [consumers, producers] = [of('consumer'), of('producer')]
  if (options.only !== undefined) {
    process.stdout.write(runsTable([...consumers, ...producers]))
    return
  }
  const load = { before, after: loadavg()[0] ?? 0 }
  const text = measuredText({
    date: new Date(),
    machine: await describeMachine(),
    load,
    topic,
    consumers,
    producers,
  })
  await writeResults(resultsFile, text)
  process.stdout.write(text)
}

/** One run; again, at most twice, while other processes take more than a tenth of the machine during it. */
async function undisturbed(each: Case): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    await waitForQuiet(patienceMs)
    // What the run before wrote must not be written out during this one.
    execFileSync('sync')
    const run = await each.run()
    if (run.othersShare < 0.1 || attempt === 3 || patienceMs === 0) return run
  }
}

async function profile({ name, run }: Case): Promise<void> {
  const folder = await mkdtemp(join(stack.work, 'profile-'))
  const { wallMs } = await run(['--cpu-prof', `--cpu-prof-dir=${folder}`])
  const times = await readSelfTimes(folder).catch(() => [])
  process.stdout.write(`\n${name}: ${(wallMs / 1000).toFixed(1)} s\n`)
  for (const { name: place, ms } of times.slice(0, 40))
    process.stdout.write(`${ms.toFixed(0).padStart(8)} ms  ${place}\n`)
}
