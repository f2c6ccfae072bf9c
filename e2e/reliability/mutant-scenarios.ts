/**
 * Short runs, each with what makes one kind of bug show: a kill, a frozen member, a second deployment, a topic made anew.
 * A run by the right code ends without a finding (the control); a run by a mutant must not.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { samplePosts } from '@pinpipe/sample-data/generator'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { encodeRow } from '@pinpipe/schema/wire'
// oxlint-disable-next-line no-restricted-imports -- rows are written without the code under test
import { Kafka, logLevel } from 'kafkajs'
import { createTopics } from '../kafka.ts'
import { check } from './check.ts'
import type { CheckReport } from './finding.ts'
import type { SourceChange } from './instrumented-build.ts'
import { openLakeReader } from './lake-reader.ts'
import type { Log } from './partition-log.ts'
import { keepLedger, produced, producedUntilRefused } from './producer-scenarios.ts'
import type { ProvingGround } from './proving-ground.ts'
import { deleteRecords, firedFile, logOf, run, until, watch } from './scenario-steps.ts'

export type Scenario = {
  readonly app: 'consumer' | 'producer'
  /** Arguments of every consumer. */
  readonly args: readonly string[]
  readonly partitions: number
  readonly lake: 'folder' | 's3'
  /** What the scenario itself needs to be changed in the code, also for the control. */
  readonly changes?: readonly SourceChange[]
  /** Plays the run with this bundle of the app and returns what the checker says. */
  readonly play: (ground: ProvingGround, bundle: string) => Promise<CheckReport>
}

const mix = { tombstones: 0.05, poison: 0.05, odd: 0.1, committed: 0.2, aborted: 0.2 }
const ranges = ['--max-records', '30', '--max-age', '300ms']

/** Everything is there before the consumer starts, and stored in one go. */
const untilEnd = async (ground: ProvingGround): Promise<CheckReport> => {
  const load = ground.load(mix)
  await load.fill(ground.topic, 100)
  await load.send(15)
  await load.fill(ground.topic, 20)
  await using history = await watch(ground)
  await run(ground.fleet())
  return await history.check()
}

/** Rows of the tables, as columns; the first run is killed when it has claimed something. */
const rows = async (ground: ProvingGround): Promise<CheckReport> => {
  const prefix = ground.topics.pop() ?? ''
  ground.topics.push(...catalogue.map((table) => topicOf(prefix, table)))
  await createTopics(ground.brokers, ground.topics, 2)
  await sendRows(ground.brokers, prefix)
  await using history = await watch(ground)
  await run(ground.fleet(), { env: { FAILPOINT: 'claimed:4:kill' } })
  await run(ground.fleet())
  return await history.check()
}

async function sendRows(brokers: string, prefix: string): Promise<void> {
  const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  for (const table of catalogue) {
    const messages = [...samplePosts({ seed: 1, posts: 60 })].flatMap((post) => {
      const row = post.rows[table.name]
      return row === undefined
        ? []
        : [{ key: String(post.index), value: encodeRow(table, row), partition: post.index % 2 }]
    })
    await producer.send({ topic: topicOf(prefix, table), messages })
  }
  await producer.disconnect()
}

/** Six runs, each killed at another step of a range, with other limits and another compression each time. */
const killed = async (ground: ProvingGround): Promise<CheckReport> => {
  const load = ground.load(mix)
  await using history = await watch(ground)
  const fleet = ground.fleet()
  const compressions = ['none', 'gzip', 'zstd']
  for (const [i, failpoint] of [
    'claim:2',
    'claimed:1',
    'file-created:2',
    'claimed:3',
    'before-commit:1',
  ].entries()) {
    await load.fill(ground.topic, 60)
    const args = ['--max-records', String(20 + 7 * i), '--compression', compressions[i % 3] ?? 'none']
    await run(fleet, { args, env: { FAILPOINT: `${failpoint}:kill` } })
    // Long enough for a sample of what the dead left.
    await sleep(150)
  }
  await run(fleet)
  return await history.check()
}

/** Members come and go while records flow. */
const rebalanced = async (ground: ProvingGround): Promise<CheckReport> => {
  const load = ground.load(mix)
  await load.fill(ground.topic, 100)
  await using history = await watch(ground)
  const fleet = ground.fleet({ comesBack: false })
  const lake = openLakeReader(ground.lake, ground.env)
  load.start(60)
  // What it has open is stored when it leaves.
  const first = fleet.join({ args: ['--max-records', '30', '--max-age', '1m'] })
  await until(async () => (await lake.list()).length > 5 || first.hasLeft)
  await sleep(500)
  const second = fleet.join({ args: ranges })
  await until(() => second.output.includes('partitions assigned') || second.hasLeft)
  await sleep(700)
  await first.leave()
  await sleep(500)
  await second.kill()
  await load.stop()
  await run(fleet)
  return await history.check()
}

/** A member freezes before or after it claims; another takes over and goes beyond; the first one wakes up. */
const zombie = async (ground: ProvingGround): Promise<CheckReport> => {
  const load = ground.load(mix)
  await load.fill(ground.topic, 100)
  await using history = await watch(ground)
  for (const failpoint of ['claim:2', 'claimed:2']) {
    await load.fill(ground.topic, 50)
    const fleet = ground.fleet({ comesBack: false })
    const fired = firedFile(ground)
    const env = { FAILPOINT: `${failpoint}:stop`, FAILPOINT_LOG: fired.path }
    const frozen = fleet.join({ args: ranges, env })
    await fired.happened(frozen)
    await run(fleet, { args: ['--max-records', '37'] })
    await frozen.thaw()
    await sleep(800)
    await frozen.leave()
  }
  await run(ground.fleet())
  return await history.check()
}

/**
 * Two deployments on one lake. The one that would begin at the end has looked for a chain when there was none, and begins
 * one when the other has begun and stored already; then records flow.
 */
const twoDeployments = async (ground: ProvingGround): Promise<CheckReport> => {
  const load = ground.load(mix)
  await load.fill(ground.topic, 70)
  await using history = await watch(ground, ['other'])
  const gate = join(ground.folder, 'gate')
  const late = ground
    .fleet({ group: 'other', comesBack: false })
    .join({ args: [...ranges, '--start', 'latest'], env: { GATE: gate } })
  await until(() => existsSync(`${gate}.reached`) || late.hasLeft)
  // None of its ranges begins at offset 70, which is where the late one would.
  const early = ground.fleet({ comesBack: false }).join({ args: ['--max-records', '41', '--max-age', '1m'] })
  const lake = openLakeReader(ground.lake, ground.env)
  await until(async () => (await lake.list()).length > 0 || early.hasLeft)
  writeFileSync(gate, '')
  load.start(80)
  await sleep(2_000)
  await load.stop()
  await Promise.all([late.leave(), early.leave()])
  await run(ground.fleet())
  return await history.check()
}

/**
 * A topic is deleted and made anew between two runs, and retention has passed what was stored: only the topic's id tells.
 * Nothing of the new one may be stored as if it were the old one.
 */
const recreated = async (ground: ProvingGround): Promise<CheckReport> => {
  const before = await storeAndDump(ground, 90)
  ground.embedded?.faults.recreateTopic(ground.topic)
  await ground.load(mix).fill(ground.topic, 140)
  await deleteRecords(ground, 90n)
  await run(ground.fleet())
  return await check({ log: before, lake: openLakeReader(ground.lake, ground.env) })
}

/** The log lost its end, and other records took its place. */
const truncated = async (ground: ProvingGround): Promise<CheckReport> => {
  const before = await storeAndDump(ground, 90)
  ground.embedded?.faults.truncate(ground.topic, 0, 60n)
  await ground.load(mix).fill(ground.topic, 100)
  await run(ground.fleet())
  return await check({ log: before, lake: openLakeReader(ground.lake, ground.env) })
}

/** Retention passes what is stored between two runs: the offsets that are gone may not be passed over in silence. */
const retention = async (ground: ProvingGround): Promise<CheckReport> => {
  await storeAndDump(ground, 60)
  await ground.load(mix).fill(ground.topic, 60)
  const before = await logOf(ground)
  await deleteRecords(ground, 90n)
  await run(ground.fleet())
  return await check({ log: before, lake: openLakeReader(ground.lake, ground.env), isComplete: false })
}

async function storeAndDump(ground: ProvingGround, records: number): Promise<Log> {
  await ground.load(mix).fill(ground.topic, records)
  await run(ground.fleet())
  return await logOf(ground)
}

/** Between a look that finds no chain and the beginning of one: waits for the file that GATE names. */
const beginLate: SourceChange = {
  file: 'apps/consumer/src/recovery.ts',
  from: '    const view = await chain.begin({',
  to: `    const [{ existsSync, writeFileSync }, gate] = [await import('node:fs'), process.env.GATE]
    if (gate !== undefined) writeFileSync(\`\${gate}.reached\`, '')
    while (gate !== undefined && !existsSync(gate)) await new Promise((done) => setTimeout(done, 20))
    const view = await chain.begin({`,
}

const basic = { app: 'consumer', args: [], partitions: 2, lake: 'folder' } as const

export const scenarios = {
  'until-end': { ...basic, args: ['--max-records', '30'], play: untilEnd },
  'until-end-envelope': {
    ...basic,
    args: ['--max-records', '30', '--format', 'envelope', '--compression', 'gzip'],
    play: untilEnd,
  },
  'until-end-by-field': {
    ...basic,
    args: ['--max-records', '30', '--partition-by', 'field:text,kafka'],
    play: untilEnd,
  },
  'until-end-raw': { ...basic, args: ['--max-records', '30', '--format', 'raw'], play: untilEnd },
  parquet: { ...basic, args: ['--max-records', '25', '--format', 'parquet'], play: rows },
  killed: { ...basic, partitions: 1, play: killed },
  rebalanced: { ...basic, play: rebalanced },
  zombie: { ...basic, partitions: 1, play: zombie },
  'zombie-s3': { ...basic, partitions: 1, lake: 's3', play: zombie },
  'two-deployments': { ...basic, partitions: 1, changes: [beginLate], play: twoDeployments },
  truncated: { ...basic, partitions: 1, play: truncated },
  recreated: { ...basic, partitions: 1, play: recreated },
  retention: { ...basic, partitions: 1, play: retention },
  produced: { ...basic, app: 'producer', changes: [keepLedger], play: produced },
  'produced-until-refused': { ...basic, app: 'producer', changes: [keepLedger], play: producedUntilRefused },
} as const satisfies Readonly<Record<string, Scenario>>

export type ScenarioName = keyof typeof scenarios
