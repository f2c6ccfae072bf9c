/** What each app is allowed on the cluster: derived from what it calls, so that it is neither more nor less. */

import {
  type KafkaAction,
  type KafkaCall,
  type KafkaResource,
  kafkaActions,
  kafkaCalls,
} from './kafka-actions.ts'

/** The programs that have a role of their own; `read-only` is for looking at a cluster. */
export const appNames = ['producer', 'consumer', 'topic-admin', 'read-only'] as const
export type AppName = (typeof appNames)[number]

/** What a deployment may allow beyond the least: both false by default. */
export type AppOptions = { readonly allowTopicDeletion?: boolean; readonly allowOffsetReset?: boolean }

const login: readonly KafkaCall[] = ['ApiVersions', 'SaslHandshake', 'SaslAuthenticate']
const describeTopics: readonly KafkaCall[] = ['Metadata', 'DescribeTopicPartitions', 'ListOffsets']
const describeGroups: readonly KafkaCall[] = [
  'ListGroups',
  'DescribeGroups',
  'FindCoordinator (group)',
  'OffsetFetch',
]
const readOnly = [...describeTopics, ...describeGroups, 'DescribeCluster', 'DescribeConfigs (topic)'] as const

const appCalls: Readonly<Record<AppName, readonly KafkaCall[]>> = {
  producer: [
    ...login,
    'Metadata',
    'DescribeTopicPartitions',
    'InitProducerId (idempotent)',
    'Produce (idempotent)',
  ],
  consumer: [
    ...login,
    ...describeTopics,
    'FindCoordinator (group)',
    'JoinGroup',
    'SyncGroup',
    'Heartbeat',
    'LeaveGroup',
    'OffsetFetch',
    'OffsetCommit',
    'Fetch',
  ],
  // Fetch looks at records (peek), and joins no group.
  'topic-admin': [...login, ...readOnly, 'CreateTopics', 'CreatePartitions', 'AlterConfigs (topic)', 'Fetch'],
  'read-only': [...login, ...readOnly],
}

/** What an app sends, and so has to be allowed. */
export function callsOf(app: AppName, options: AppOptions = {}): readonly KafkaCall[] {
  if (app !== 'topic-admin') return appCalls[app]
  return [
    ...appCalls[app],
    ...(options.allowTopicDeletion === true ? (['DeleteTopics'] as const) : []),
    ...(options.allowOffsetReset === true ? (['OffsetCommit', 'DeleteGroups'] as const) : []),
  ]
}

/** The actions that an app's role holds, by the resource they are granted on. */
export function grantsOf(
  app: AppName,
  options: AppOptions = {},
): Readonly<Record<KafkaResource, readonly KafkaAction[]>> {
  const needed = new Set(callsOf(app, options).flatMap((name) => kafkaCalls[name].needs))
  const on = (resource: KafkaResource): readonly KafkaAction[] =>
    [...needed].filter((action) => kafkaActions[action].on === resource)
  return {
    cluster: on('cluster'),
    topic: on('topic'),
    group: on('group'),
    'transactional-id': on('transactional-id'),
  }
}
