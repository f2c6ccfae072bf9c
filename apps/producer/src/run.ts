/** The command `run`: opens source and sink, checks both, moves the posts, writes the summary. */

import { randomUUID } from 'node:crypto'
import { type Writable } from 'node:stream'
import { command, type CommandContext } from '@pinpipe/service/command'
import { writeSummary } from '@pinpipe/service/summary'
import { DeadRows } from './dead-rows.ts'
import { producerEvents } from './events.ts'
import { openOutput } from './open-output.ts'
import { openSource } from './open-source.ts'
import { movePosts, type Pipeline } from './pipeline.ts'
import { PostGate } from './post-gate.ts'
import { producerRules } from './producer-rules.ts'
import { prefixOf, producerSettings, type ProducerSettings, tablesOf } from './producer-settings.ts'
import { RecordEncoder } from './record-encoder.ts'
import { expectedPostsOf, pacerOf, planOf, readingOf } from './run-plan.ts'
import { progressLine, summaryOf } from './run-report.ts'
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
  // The check of a folder makes its files, which a dry run must not.
  if (!settings.dryRun || settings.out.kind === 'kafka') await output.check(encoder.topics)
  if (settings.dryRun) {
    await writeSummary(context.stdout, await planOf(settings, source, output, encoder.topics))
    return
  }
  const { onInvalid, onMissing } = settings
  const deadRows = onInvalid.kind === 'dead' ? resources.use(await DeadRows.open(onInvalid.file)) : undefined
  const gate = new PostGate({ tables, onMissing, onInvalid, events, tally })
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
  if (settings.maxDuration !== undefined) {
    const timer = setTimeout(() => timeUp.abort(), settings.maxDuration)
    resources.defer(() => clearTimeout(timer))
  }
  const pipeline = { source, reading, pacer: pacerOf(settings), gate, deadRows, encoder, output, tally }
  await moveAndReport(pipeline, context, {
    runId,
    expectedPosts,
    summaryTo: summaryStream(settings, context),
  })
}

type Report = {
  readonly runId: string
  readonly expectedPosts: number | undefined
  readonly summaryTo: Writable
}

/** Moves the posts while the progress line shows how far it is; the summary is written once, however it ends. */
async function moveAndReport(pipeline: Pipeline, context: CommandContext, report: Report): Promise<void> {
  const { tally, pacer } = pipeline
  const { runId, expectedPosts, summaryTo } = report
  const startMs = systemClock.now()
  const facts = () => ({ tally, durationMs: systemClock.now() - startMs, punctuality: pacer?.punctuality() })
  context.health.status('run', () => summaryOf(facts(), runId))
  const summary = once(() => writeSummary(summaryTo, summaryOf(facts(), runId)))
  // A run that is cut off at the end of the grace time still says what was acknowledged.
  context.onRelease('summary', summary)
  const progress = context.progress(() => progressLine(facts(), expectedPosts))
  try {
    await movePosts(pipeline)
  } finally {
    progress[Symbol.dispose]()
    await summary()
  }
}

function summaryStream(settings: ProducerSettings, context: CommandContext): Writable {
  return settings.out.kind === 'stdout' ? context.stderr : context.stdout
}

function once(action: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined
  return () => (started ??= action())
}
