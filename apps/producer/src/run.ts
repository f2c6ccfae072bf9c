/** The command `run`: opens source and sink, checks both, moves the posts, writes the summary. */

import { randomUUID } from 'node:crypto'
import { type Writable } from 'node:stream'
import { command, type CommandContext } from '@pinpipe/service/command'
import { writeSummary } from '@pinpipe/service/summary'
import { DeadRows } from './dead-rows.ts'
import { producerEvents } from './events.ts'
import { openOutput } from './open-output.ts'
import { openSource } from './open-source.ts'
import { type Output } from './output.ts'
import { Pacer } from './pacer.ts'
import { movePosts } from './pipeline.ts'
import { PostGate } from './post-gate.ts'
import {
  prefixOf,
  producerRules,
  producerSettings,
  type ProducerSettings,
  tablesOf,
} from './producer-settings.ts'
import { type Reading } from './read-posts.ts'
import { RecordEncoder } from './record-encoder.ts'
import { progressLine, summaryOf } from './run-report.ts'
import { pauseSchedule, rateSchedule } from './schedule.ts'
import { type Source } from './source.ts'
import { lookupIndexes } from './mysql-statements.ts'
import { systemClock } from './system-clock.ts'
import { Tally } from './tally.ts'

export const run = command({
  name: 'run',
  summary: 'Reads posts and sends each as one record a table',
  settings: producerSettings,
  rules: producerRules,
  examples: [
    'producer --source generate:1000 --out stdout',
    'producer --source mysql://reader@127.0.0.1:3306/pinterest --brokers 127.0.0.1:9092 --topic-prefix 0af8d0adfd13',
    'producer --source generate:11154 --mode emulate --seed 100 --brokers 127.0.0.1:9092 --topic-prefix 0af8d0adfd13',
  ],
  run: runProducer,
})

async function runProducer(settings: ProducerSettings, context: CommandContext): Promise<void> {
  const tally = new Tally()
  const runId = randomUUID()
  try {
    await checkAndMove(settings, context, { tally, runId })
  } catch (error) {
    // A signal that came while source and topics were checked: nothing was taken, so nothing is left undone.
    if (!context.drain.aborted || tally.postsRead > 0) throw error
    await writeSummary(
      summaryStream(settings, context),
      summaryOf({ tally, durationMs: 0, punctuality: undefined }, runId),
    )
  }
}

type RunIdentity = { readonly tally: Tally; readonly runId: string }

async function checkAndMove(
  settings: ProducerSettings,
  context: CommandContext,
  { tally, runId }: RunIdentity,
): Promise<void> {
  const tables = tablesOf(settings)
  const encoder = new RecordEncoder({ prefix: prefixOf(settings), tables })
  const events = producerEvents(context)
  context.health.notReady('start', 'source and topics are being checked')

  await using resources = new AsyncDisposableStack()
  const timeUp = new AbortController()
  const stop = AbortSignal.any([context.drain, timeUp.signal])
  const source = resources.use(await openSource(settings, { tables, stop, events, tally }))
  await source.check()
  const output = resources.use(await openOutput(settings, { context, runId, events, tally }))
  if (settings.dryRun) {
    if (settings.out.kind === 'kafka') await output.check(encoder.topics)
    await writeSummary(context.stdout, await planOf(settings, source, output, encoder.topics))
    return
  }
  await output.check(encoder.topics)
  const { onInvalid, onMissing } = settings
  const deadRows = onInvalid.kind === 'dead' ? resources.use(await DeadRows.open(onInvalid.file)) : undefined
  const gate = new PostGate({ tables, onMissing, onInvalid, events, tally })
  const pacer = pacerOf(settings)
  const reading = readingOf(settings, stop)
  const expectedPosts = await expectedPostsOf(reading, source)

  context.health.ready('start')
  events.started({
    source: source.name,
    output: output.name,
    mode: settings.mode,
    topics: encoder.topics,
    runId,
  })
  const startMs = systemClock.now()
  if (settings.maxDuration !== undefined) {
    const timer = setTimeout(() => timeUp.abort(), settings.maxDuration)
    resources.defer(() => clearTimeout(timer))
  }
  const facts = () => ({ tally, durationMs: systemClock.now() - startMs, punctuality: pacer?.punctuality() })
  context.health.status('run', () => summaryOf(facts(), runId))
  const summary = once(() => writeSummary(summaryStream(settings, context), summaryOf(facts(), runId)))
  // A run that is cut off at the end of the grace time still says what was acknowledged.
  context.onRelease('summary', summary)
  using progress = context.progress(() => progressLine(facts(), expectedPosts))
  try {
    await movePosts({ source, reading, pacer, gate, deadRows, encoder, output, tally })
  } finally {
    progress[Symbol.dispose]()
    await summary()
  }
}

function summaryStream(settings: ProducerSettings, context: CommandContext): Writable {
  return settings.out.kind === 'stdout' ? context.stderr : context.stdout
}

function readingOf({ mode, seed, maxPosts, rate, sleep }: ProducerSettings, stop: AbortSignal): Reading {
  // A paced run looks up what is due within a fifth of a second; the emulator's pauses come to two posts a second.
  const paced = mode === 'emulate' && sleep ? 2 : rate
  const lookupPosts =
    paced === undefined ? lookupIndexes : Math.min(lookupIndexes, Math.max(1, Math.floor(paced / 5)))
  return { mode, seed, maxPosts: maxPosts ?? Infinity, lookupPosts, stop }
}

function pacerOf({ mode, rate, arrivals, backlog, seed, sleep }: ProducerSettings): Pacer | undefined {
  if (rate !== undefined)
    return new Pacer({ clock: systemClock, schedule: rateSchedule(rate, arrivals, seed), backlog })
  if (mode === 'emulate' && sleep)
    return new Pacer({ clock: systemClock, schedule: pauseSchedule(), backlog })
  return undefined
}

/** For the progress line and the plan: exact for files and the generator, the longest table for MySQL. */
async function expectedPostsOf(reading: Reading, source: Source): Promise<number | undefined> {
  const endless = reading.mode === 'random' || reading.mode === 'emulate'
  const available = endless ? Infinity : Math.max(0, ...(await source.counts()).rows.values())
  const posts = Math.min(reading.maxPosts, available)
  return Number.isFinite(posts) ? posts : undefined
}

async function planOf(
  settings: ProducerSettings,
  source: Source,
  output: Output,
  topics: readonly string[],
): Promise<object> {
  const { mode, seed, rate, onMissing } = settings
  const expectedPosts = await expectedPostsOf(readingOf(settings, AbortSignal.abort()), source)
  const counts = await source.counts()
  return {
    dryRun: true,
    source: source.name,
    rows: Object.fromEntries(counts.rows),
    rowsAreExact: counts.isExact,
    mode,
    seed,
    output: output.name,
    topics,
    onMissing,
    ...(expectedPosts === undefined ? {} : { posts: expectedPosts, records: expectedPosts * topics.length }),
    ...(rate === undefined ? {} : { postsPerSecond: rate }),
    ...(rate === undefined || expectedPosts === undefined
      ? {}
      : { durationMs: Math.round((expectedPosts / rate) * 1000) }),
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined
  return () => (started ??= action())
}
