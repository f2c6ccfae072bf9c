import { kafkaSettings } from '@pinpipe/kafka/settings'
import type { ConfigEntry, TopicDescription } from '@pinpipe/kafka/read-only-admin'
import { tableOfTopic } from '@pinpipe/schema/catalogue'
import { command } from '@pinpipe/service/command'
import { settingsSpec, types } from '@pinpipe/service/settings'
import { textTable } from '@pinpipe/service/text-table'
import { type ClusterAccess, openToRead } from './cluster-access.ts'
import { outputSettings, printResult } from './output.ts'
import { checkedNames } from './topic-names.ts'
import { describeEach, replicationFactorOf } from './topic-state.ts'
import { failureDocuments, reportFailures } from './topic-work.ts'

/** `topics describe`: partitions, replicas and configs of some or all topics. */
export function describeCommand(access: ClusterAccess) {
  return command({
    name: 'describe',
    summary: 'Show partitions, replicas and configs of topics (all without a name)',
    positionals: '[TOPIC…]',
    settings: {
      ...settingsSpec({
        allConfigs: {
          flag: 'all-configs',
          type: types.boolean(),
          default: false,
          description: "Show every config, Kafka's own defaults included",
        },
      }),
      ...outputSettings,
      ...kafkaSettings,
    },
    examples: ['topics describe 0af8d0adfd13.pin --brokers localhost:9092', 'topics describe -o json'],
    async run(settings, context, positionals) {
      const asked = positionals.length === 0 ? undefined : checkedNames(positionals, 'describe')
      const admin = await openToRead(access, settings, context)
      const names = asked ?? (await admin.listTopics())
      const { topics, failures } = await describeEach(admin, names, context.drain)
      const configs = await admin.topicConfigs(topics.map(({ topic }) => topic))
      const shown = topics.map((topic) => ({
        topic,
        configs: (configs.get(topic.topic) ?? []).filter(
          (config) => settings.allConfigs || config.source !== 'default',
        ),
      }))
      await printResult(context.stdout, settings.output, {
        document: { topics: shown.map(topicDocument), failures: failureDocuments(failures) },
        names: topics.map(({ topic }) => topic),
        text: shown.map(topicText).join('\n'),
      })
      return await reportFailures(context, { done: topics.map(({ topic }) => topic), failures })
    },
  })
}

type ShownTopic = { readonly topic: TopicDescription; readonly configs: readonly ConfigEntry[] }

function topicDocument({ topic, configs }: ShownTopic) {
  return {
    topic: topic.topic,
    ...(topic.topicId === undefined ? {} : { topicId: topic.topicId }),
    internal: topic.internal,
    table: tableOfTopic(topic.topic)?.name ?? null,
    replicationFactor: replicationFactorOf(topic),
    partitions: topic.partitions.map((each) => ({ ...each, leader: each.leader < 0 ? null : each.leader })),
    configs: configs.map(({ name, value, source, sensitive }) => ({
      name,
      value: sensitive ? null : value,
      source,
    })),
  }
}

function topicText({ topic, configs }: ShownTopic): string {
  const table = tableOfTopic(topic.topic)
  const facts = [
    `${topic.partitions.length} partition${topic.partitions.length === 1 ? '' : 's'}`,
    `replication factor ${replicationFactorOf(topic)}`,
    ...(table === undefined ? [] : [`rows of ${table.name}`]),
    ...(topic.internal ? ['internal'] : []),
  ]
  const partitions = topic.partitions.map((each) => [
    '',
    `${each.partition}`,
    each.leader < 0 ? 'none' : `${each.leader}`,
    each.replicas.join(','),
    each.isr.join(','),
    each.offline?.join(',') ?? '',
  ])
  return [
    `${topic.topic}: ${facts.join(', ')}\n`,
    ...configs.map(
      ({ name, value, source, sensitive }) =>
        `  ${name} = ${sensitive ? '(hidden)' : (value ?? '')} (${source === 'topic' ? 'set here' : `from ${source}`})\n`,
    ),
    textTable(['', 'PARTITION', 'LEADER', 'REPLICAS', 'IN SYNC', 'OFFLINE'], partitions),
  ].join('')
}
