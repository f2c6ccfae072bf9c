/** `consumer run`: opens what the pipeline needs, in order of what is cheapest to find wrong, and runs it. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { openConsumer } from '@pinpipe/kafka/consumer'
import { connectionOf } from '@pinpipe/kafka/settings'
import { command, type CommandContext } from '@pinpipe/service/command'
import { UsageFailure } from '@pinpipe/service/failure'
import { writeSummary } from '@pinpipe/service/summary'
import { Chains } from './chain/chains.ts'
import type { OutputSettings } from './chain/output-settings.ts'
import { systemClock } from './clock.ts'
import { encodingOf, noTable } from './format/encoding.ts'
import { Events } from './events.ts'
import { openLake } from './lake/lake.ts'
import { MemoryBudget } from './memory-budget.ts'
import { Pipeline } from './pipeline.ts'
import { probeStore } from './lake/probe.ts'
import { checkOf } from './format/record-check.ts'
import { Recovery } from './recovery.ts'
import { report } from './report.ts'
import { planOf, runRules, runSettings, type RunSettings } from './settings.ts'
import { resolveTopics } from './topics.ts'
import { UntilEnd, type StoredUpTo } from './until-end.ts'

export const runCommand = command({
  name: 'run',
  summary: 'Store the records of topics as objects in S3 or in a folder',
  settings: runSettings,
  exclusive: [{ of: ['topics', 'topicsRegex', 'topicPrefix'], required: true }],
  rules: runRules,
  examples: [
    'consumer --topic-prefix 0af8d0adfd13 --group lake --lake s3://my-bucket/posts --compression gzip',
    'consumer --topics 0af8d0adfd13.pin --group try --lake dir:./lake --until-end',
  ],
  run: runConsumer,
})

async function runConsumer(settings: RunSettings, context: CommandContext): Promise<void> {
  const clock = systemClock
  const startedAtMs = clock.nowMs()
  const plan = planOf(settings)
  const { group } = settings
  await using resources = new AsyncDisposableStack()
  const events = new Events(context.log, context.metrics, context.health)
  const store = resources.use(await openLake(settings, context, events))
  const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log: context.log })
  const admin = resources.use(await openReadOnlyAdmin(connection))
  const topics = await resolveTopics(plan.topics, admin, connection.brokers)
  requireTables(topics, plan.output)
  await probeStore(store)

  const budget = new MemoryBudget(settings.memory)
  const chains = new Chains(store, clock)
  const encoding = encodingOf(plan.output)
  const storedUpTo: StoredUpTo = (at, topicId) => chains.storedUpTo(at, topicId)
  const untilEnd = settings.untilEnd ? await UntilEnd.from(admin, storedUpTo, topics) : undefined
  const consumer = resources.use(
    await openConsumer(connection, { groupId: group, topics, sessionTimeoutMs: settings.sessionTimeout }),
  )
  const pipeline = new Pipeline({
    consumer,
    positions: admin,
    recovery: new Recovery({ chains, positions: admin, group, clock, ...plan.recovery }),
    landing: { store, chains, budget },
    encoding,
    limits: plan.limits,
    budget,
    untilEnd,
    events,
    clock,
  })
  resources.use(report({ pipeline, events, budget, group, untilEnd, clock, context }))
  if (untilEnd?.isReached !== true) await pipeline.run(context.drain)
  await writeSummary(context.stdout, {
    ...events.totals,
    partitions: pipeline.partitions,
    peakMemoryBytes: budget.peakBytes,
    durationMs: Math.round(clock.nowMs() - startedAtMs),
  })
}

/** Throws a UsageFailure when the schema of a topic without one is asked for. */
function requireTables(topics: readonly string[], { validate, format }: OutputSettings): void {
  const without = topics.filter((topic) => checkOf(topic, validate, format) === undefined)
  if (without.length > 0) throw new UsageFailure(noTable(without, format))
}
