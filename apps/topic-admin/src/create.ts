import type { NewTopic } from '@pinpipe/kafka/admin'
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { Failure } from '@pinpipe/service/failure'
import { settingsSpec, types } from '@pinpipe/service/settings'
import { type ClusterAccess, openToRead, openToWrite } from './cluster-access.ts'
import { outputSettings, printResult } from './output.ts'
import { collisionOf } from './plan.ts'
import { parseTopicConfigs } from './topic-config.ts'
import { checkedNames, refuseReserved } from './topic-names.ts'
import { dryRunSetting, shapeSettings } from './topic-settings.ts'
import { failureDocuments, forEachTopic, reportFailures } from './topic-work.ts'

/** `topics create`: new topics, all with the same shape. */
export function createCommand(access: ClusterAccess) {
  return command({
    name: 'create',
    summary: 'Create topics',
    positionals: 'TOPIC…',
    settings: {
      ...shapeSettings,
      ...settingsSpec({
        ifNotExists: {
          flag: 'if-not-exists',
          type: types.boolean(),
          default: false,
          description: 'A topic that exists already is left as it is, and is no failure',
        },
      }),
      ...dryRunSetting,
      ...outputSettings,
      ...kafkaSettings,
    },
    examples: [
      'topics create 0af8d0adfd13.pin --partitions 3 --config retention.ms=7d --brokers localhost:9092',
    ],
    async run(settings, context, positionals) {
      const names = checkedNames(positionals, 'create')
      refuseReserved(names)
      const configs = parseTopicConfigs(settings.config ?? [])
      const shape: Omit<NewTopic, 'topic'> = {
        ...(settings.partitions === undefined ? {} : { partitions: settings.partitions }),
        ...(settings.replicationFactor === undefined
          ? {}
          : { replicationFactor: settings.replicationFactor }),
        configs,
      }
      // Only one of the two branches has a client that could create anything.
      const writer = settings.dryRun ? undefined : await openToWrite(access, settings, context)
      const reader = writer ?? (await openToRead(access, settings, context))
      const existing = new Set(await reader.listTopics())
      refuseCollisions(names, existing)
      const kept = settings.ifNotExists ? names.filter((topic) => existing.has(topic)) : []
      const items = names.filter((topic) => !kept.includes(topic)).map((topic) => ({ topic }))
      const work = await forEachTopic(items, context.drain, async ({ topic }) => {
        if (existing.has(topic)) throw new Failure('it exists already: alter it, or pass --if-not-exists')
        await writer?.createTopics([{ topic, ...shape }])
      })
      const verb = settings.dryRun ? 'Would create' : 'Created'
      await printResult(context.stdout, settings.output, {
        document: {
          dryRun: settings.dryRun,
          created: work.done,
          kept,
          failures: failureDocuments(work.failures),
        },
        names: work.done,
        text: [
          ...work.done.map((topic) => `${verb} topic ${topic}.\n`),
          ...kept.map((topic) => `Topic ${topic} exists already.\n`),
        ].join(''),
      })
      return await reportFailures(context, { ...work, done: [...work.done, ...kept] })
    },
  })
}

function refuseCollisions(names: readonly string[], existing: ReadonlySet<string>): void {
  const all = new Set([...existing, ...names])
  for (const topic of names) {
    if (existing.has(topic)) continue
    const other = collisionOf(topic, all)
    if (other === undefined) continue
    throw new Failure(
      `${topic} would collide with ${other}: Kafka takes . and _ for the same in the names of metrics, choose another name`,
      { exit: 'refused' },
    )
  }
}
