import type { ClusterAdmin } from '@pinpipe/kafka/admin'
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { topicPrefixProblem } from '@pinpipe/schema/catalogue'
import { command, type CommandContext } from '@pinpipe/service/command'
import { exitCodes } from '@pinpipe/service/failure'
import { type Rule, type SettingsOf, settingsSpec, types } from '@pinpipe/service/settings'
import { type ClusterAccess, openToRead, openToWrite } from './cluster-access.ts'
import { confirm } from './confirmation.ts'
import { topicsOfCatalogue } from './desired-topics.ts'
import { outputSettings, print, printResult } from './output.ts'
import { type Action, plan, type Plan } from './plan.ts'
import { planDocument, planText } from './plan-text.ts'
import { parseTopicConfigs } from './topic-config.ts'
import { dryRunSetting, keyedSetting, shapeSettings } from './topic-settings.ts'
import { actualTopics } from './topic-state.ts'
import { failureDocuments, forEachTopic, reportFailures, type Work } from './topic-work.ts'

const applySettings = {
  ...settingsSpec({
    topicPrefix: {
      flag: 'topic-prefix',
      env: 'TOPIC_PREFIX',
      type: types.text({ takes: 'PREFIX' }),
      required: true,
      description: 'The topics are PREFIX.pin, PREFIX.geo and PREFIX.user',
      group: 'Topic',
    },
    yes: {
      flag: 'yes',
      aliases: ['y'],
      type: types.boolean(),
      default: false,
      description: 'Do not ask before the plan is carried out',
    },
  }),
  ...shapeSettings,
  ...keyedSetting,
  ...dryRunSetting,
  ...outputSettings,
  ...kafkaSettings,
}

type ApplySettings = SettingsOf<typeof applySettings>

const nothingDone: Work = { done: [], failures: [] }

const topicPrefixRule: Rule<typeof applySettings> = ({ topicPrefix }) => {
  const problem = topicPrefixProblem(topicPrefix)
  return problem === undefined ? undefined : `--topic-prefix: ${problem}`
}

/** `topics apply`: plan, show, confirm, carry out. Running it again after an interruption completes it. */
export function applyCommand(access: ClusterAccess) {
  return command({
    name: 'apply',
    summary: 'Create the topics of the table catalogue that are missing',
    settings: applySettings,
    rules: [topicPrefixRule],
    examples: [
      'topics apply --topic-prefix 0af8d0adfd13 --dry-run --brokers localhost:9092',
      'topics apply --topic-prefix 0af8d0adfd13 --partitions 3 --config retention.ms=7d --yes',
    ],
    async run(settings, context) {
      const desired = topicsOfCatalogue(settings.topicPrefix, {
        ...(settings.partitions === undefined ? {} : { partitions: settings.partitions }),
        ...(settings.replicationFactor === undefined
          ? {}
          : { replicationFactor: settings.replicationFactor }),
        configs: parseTopicConfigs(settings.config ?? []),
      })
      const writer = settings.dryRun ? undefined : await openToWrite(access, settings, context)
      const reader = writer ?? (await openToRead(access, settings, context))
      const wished = desired.map(({ topic }) => topic)
      const planned = plan(desired, await actualTopics(reader, wished, context.drain), settings)
      if (settings.output === 'table') await print(context.stdout, planText(planned))
      if (planned.refusals.length > 0) return await refuse(planned, settings, context)
      if (writer !== undefined && planned.actions.length > 0) await confirmPlan(planned, settings, context)
      const work = writer === undefined ? nothingDone : await carryOut(planned.actions, writer, context.drain)
      await showOutcome(planned, work, settings, context)
      return await reportFailures(context, work)
    },
  })
}

async function carryOut(actions: readonly Action[], admin: ClusterAdmin, drain: AbortSignal): Promise<Work> {
  return await forEachTopic(actions, drain, async (action) => {
    if (action.kind === 'create') {
      const { kind: _, ...topic } = action
      await admin.createTopics([topic])
    } else await admin.createPartitions(action.topic, action.to)
  })
}

async function confirmPlan(planned: Plan, settings: ApplySettings, context: CommandContext): Promise<void> {
  if (settings.yes) return
  const otherwise = 'nothing was changed: pass --yes to carry out this plan, or run this on a terminal'
  // Whoever reads JSON from stdout still has to see what is asked about.
  if (settings.output !== 'table' && context.isInteractive) await print(context.stderr, planText(planned))
  await confirm(context, { question: 'Carry out this plan? Type yes: ', expected: 'yes', otherwise })
}

async function refuse(planned: Plan, settings: ApplySettings, context: CommandContext): Promise<number> {
  if (settings.output !== 'table') await showOutcome(planned, nothingDone, settings, context)
  for (const { topic, reason } of planned.refusals) {
    await print(context.stderr, `topics: nothing was changed: ${topic}: ${reason}\n`)
  }
  return exitCodes.refused
}

async function showOutcome(
  planned: Plan,
  work: Work,
  settings: ApplySettings,
  context: CommandContext,
): Promise<void> {
  await printResult(context.stdout, settings.output, {
    document: {
      dryRun: settings.dryRun,
      plan: planDocument(planned),
      applied: work.done,
      failures: failureDocuments(work.failures),
    },
    names: settings.dryRun ? planned.actions.map(({ topic }) => topic) : work.done,
    text: work.done.map((topic) => `Done: ${topic}\n`).join(''),
  })
}
