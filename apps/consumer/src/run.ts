/** `consumer run`: opens what the pipeline needs, in order of what is cheapest to find wrong, and runs it. */
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { openConsumer } from '@pinpipe/kafka/consumer'
import { connectionOf } from '@pinpipe/kafka/settings'
import { command, type CommandContext } from '@pinpipe/service/command'
import { UsageFailure } from '@pinpipe/service/failure'
import { writeSummary } from '@pinpipe/service/summary'
import { systemClock } from './clock.ts'
import { encoderOf, type Format } from './encoder.ts'
import { Events } from './events.ts'
import { openLake } from './lake.ts'
import { MemoryBudget } from './memory-budget.ts'
import { Pipeline } from './pipeline.ts'
import { probeStore } from './probe.ts'
import { checkOf, type RecordCheck, type Validation } from './record-check.ts'
import { report } from './report.ts'
import { planOf, runRules, runSettings, type RunSettings } from './settings.ts'
import { Storer } from './storer.ts'
import { resolveTopics } from './topics.ts'
import { UntilEnd } from './until-end.ts'

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
  const startedAtMs = systemClock.nowMs()
  const plan = planOf(settings)
  const { group } = settings
  await using resources = new AsyncDisposableStack()
  const store = resources.use(
    await openLake(settings.lake, context.env, (secret) => context.addSecret(secret)),
  )
  const connection = await connectionOf(settings, { clientId: 'pinpipe-consumer', log: context.log })
  const admin = resources.use(await openReadOnlyAdmin(connection))
  const topics = await resolveTopics(plan.topics, admin, connection.brokers)
  const checks = checksOf(topics, plan)
  await probeStore(store)

  const budget = new MemoryBudget(settings.memory)
  const events = new Events(context.log, context.metrics, context.health)
  const untilEnd = settings.untilEnd ? await UntilEnd.from(admin, group, topics) : undefined
  const consumer = resources.use(await openConsumer(connection, { groupId: group, topics }))
  const pipeline = new Pipeline({
    consumer,
    positions: admin,
    group,
    encoderFor: (at) => encoderOf(plan.format, at, checks(at.topic)),
    limits: plan.limits,
    budget,
    storer: new Storer({ store, compression: plan.compression, budget }),
    untilEnd,
    events,
    clock: systemClock,
  })
  resources.use(report({ pipeline, events, budget, group, untilEnd, context }))
  if (untilEnd?.isReached !== true) await pipeline.run(context.drain)
  await writeSummary(context.stdout, {
    ...events.totals,
    partitions: pipeline.partitions,
    peakMemoryBytes: budget.peakBytes,
    durationMs: Math.round(systemClock.nowMs() - startedAtMs),
  })
}

/** The check of each topic. Throws a UsageFailure when the schema of a topic without one is asked for. */
function checksOf(
  topics: readonly string[],
  { validation, format }: { readonly validation: Validation | undefined; readonly format: Format },
): (topic: string) => RecordCheck {
  const checks = new Map(topics.map((topic) => [topic, checkOf(topic, validation, format)] as const))
  const without = topics.filter((topic) => checks.get(topic) === undefined)
  if (without.length > 0) {
    throw new UsageFailure(
      `--validate schema: no table belongs to ${without.join(', ')} (topics end in .pin, .geo or .user): use --validate json`,
    )
  }
  return (topic) => {
    const check = checks.get(topic)
    if (check === undefined) throw new Error(`the topic ${topic} was not asked for`)
    return check
  }
}
