import { kafkaSettings } from '@pinpipe/kafka/settings'
import { command } from '@pinpipe/service/command'
import { settingsSpec, types } from '@pinpipe/service/settings'
import { textTable } from '@pinpipe/service/text-table'
import { type ClusterAccess, openToRead } from './cluster-access.ts'
import { outputSettings, printResult } from './output.ts'
import { isInternal } from './topic-name.ts'
import { describeEach, replicationFactorOf } from './topic-state.ts'
import { failureDocuments, reportFailures } from './topic-work.ts'

/** `topics list`: which topics there are, and their shape. */
export function listCommand(access: ClusterAccess) {
  return command({
    name: 'list',
    summary: 'List the topics of the cluster',
    settings: {
      ...settingsSpec({
        match: {
          flag: 'match',
          type: types.regex(),
          description: 'Only topics in whose name this regular expression is found',
        },
        topicPrefix: {
          flag: 'topic-prefix',
          env: 'TOPIC_PREFIX',
          type: types.text({ takes: 'PREFIX' }),
          description: 'Only topics whose name begins with this and a dot',
        },
        excludeInternal: {
          flag: 'exclude-internal',
          type: types.boolean(),
          default: false,
          description: 'Leave out the topics of the brokers themselves',
        },
      }),
      ...outputSettings,
      ...kafkaSettings,
    },
    examples: ['topics list --brokers localhost:9092', 'topics list --match "\\.pin$" -o names'],
    async run(settings, context) {
      const admin = await openToRead(access, settings, context)
      const names = (await admin.listTopics())
        .filter((topic) => settings.match?.test(topic) ?? true)
        .filter((topic) => settings.topicPrefix === undefined || topic.startsWith(`${settings.topicPrefix}.`))
        .filter((topic) => !(settings.excludeInternal && isInternal(topic)))
      const { topics, failures } = await describeEach(admin, names, context.drain)
      const rows = topics.map((topic) => ({
        topic: topic.topic,
        internal: topic.internal,
        partitions: topic.partitions.length,
        replicationFactor: replicationFactorOf(topic),
        underReplicated: topic.partitions.filter((each) => each.isr.length < each.replicas.length).length,
      }))
      await printResult(context.stdout, settings.output, {
        document: { topics: rows, failures: failureDocuments(failures) },
        names: rows.map((row) => row.topic),
        text: textTable(
          ['TOPIC', 'PARTITIONS', 'REPLICATION', 'UNDER-REPLICATED'],
          rows.map((row) => [
            row.topic,
            `${row.partitions}`,
            `${row.replicationFactor}`,
            `${row.underReplicated}`,
          ]),
        ),
      })
      return await reportFailures(context, { done: rows.map((row) => row.topic), failures })
    },
  })
}
