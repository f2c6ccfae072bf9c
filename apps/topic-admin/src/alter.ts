import { kafkaSettings } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { Failure } from '@pinpipe/service/failure'
import { settingsSpec, types } from '@pinpipe/service/settings'
import { type ClusterAccess, openToRead, openToWrite } from './cluster-access.ts'
import { outputSettings, printResult } from './output.ts'
import { partitionRefusal } from './plan.ts'
import { checkedNames, refuseReserved } from './topic-names.ts'
import { dryRunSetting, keyedSetting } from './topic-settings.ts'
import { describeEach } from './topic-state.ts'
import { failureDocuments, forEachTopic, reportFailures } from './topic-work.ts'

/** `topics alter`: more partitions for existing topics. Fewer are never possible. */
export function alterCommand(access: ClusterAccess) {
  return command({
    name: 'alter',
    summary: 'Give existing topics more partitions',
    positionals: 'TOPIC…',
    settings: {
      ...settingsSpec({
        partitions: {
          flag: 'partitions',
          type: types.integer({ min: 1, max: 1_000_000 }),
          required: true,
          description: 'The new number of partitions, in total',
          group: 'Topic',
        },
        ifExists: {
          flag: 'if-exists',
          type: types.boolean(),
          default: false,
          description: 'A topic that does not exist is no failure',
        },
      }),
      ...keyedSetting,
      ...dryRunSetting,
      ...outputSettings,
      ...kafkaSettings,
    },
    examples: ['topics alter audit --partitions 6 --brokers localhost:9092'],
    async run(settings, context, positionals) {
      const names = checkedNames(positionals, 'alter')
      refuseReserved(names)
      const writer = settings.dryRun ? undefined : await openToWrite(access, settings, context)
      const reader = writer ?? (await openToRead(access, settings, context))
      const existing = new Set(settings.ifExists ? await reader.listTopics() : names)
      const wanted = names.filter((topic) => existing.has(topic))
      const { topics, failures } = await describeEach(reader, wanted, context.drain)
      const changes = topics.map(({ topic, partitions }) => ({
        topic,
        from: partitions.length,
        to: settings.partitions,
      }))
      for (const { topic, from, to } of changes) {
        const reason = partitionRefusal(topic, from, to, settings)
        if (reason !== undefined) throw new Failure(`${topic}: ${reason}`, { exit: 'refused' })
      }
      const work = await forEachTopic(changes, context.drain, async ({ topic, from, to }) => {
        if (from !== to) await writer?.createPartitions(topic, to)
      })
      const altered = changes.filter((change) => work.done.includes(change.topic))
      const all = { done: work.done, failures: [...failures, ...work.failures] }
      await printResult(context.stdout, settings.output, {
        document: { dryRun: settings.dryRun, altered, failures: failureDocuments(all.failures) },
        names: work.done,
        text: altered.map((change) => alteredLine(change, settings.dryRun)).join(''),
      })
      return await reportFailures(context, all)
    },
  })
}

function alteredLine(
  change: { readonly topic: string; readonly from: number; readonly to: number },
  dryRun: boolean,
): string {
  const { topic, from, to } = change
  if (from === to) return `Topic ${topic} has ${to} partitions already.\n`
  return `Topic ${topic} ${dryRun ? 'would go' : 'went'} from ${from} to ${to} partitions.\n`
}
