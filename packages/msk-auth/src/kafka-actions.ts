/**
 * The one table of MSK's IAM actions: what each action is for, and which actions a call of Kafka needs. (Which calls an app
 * makes, and so what its role is granted: `app-grants.ts`. The ARNs of the resources: `kafka-arns.ts`.)
 *
 * AWS tells no action for an API. It says to which ACL of Apache Kafka an action is equivalent, on which ARN it works and what
 * it requires (https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html); Kafka says which ACLs an API asks for
 * (https://kafka.apache.org/documentation/#operations_resources_and_protocols). A row here is the two put together.
 */

/** As AWS's "Authorization policy resources" name them. */
export type KafkaResource = 'cluster' | 'topic' | 'group' | 'transactional-id'

type ActionRow<Action extends string = string> = {
  /** The resource whose ARN has to be granted. Granted on another one, the action has no effect. */
  readonly on: KafkaResource
  /** The ACL of Apache Kafka that AWS calls equivalent. */
  readonly acl?: string
  /** What a policy has to hold as well, by AWS's column "Required actions"; every action requires Connect. */
  readonly requires?: readonly Action[]
  /** MSK Serverless has no such action. */
  readonly provisionedOnly?: true
}

const actions = {
  Connect: { on: 'cluster' },
  DescribeCluster: { on: 'cluster', acl: 'DESCRIBE CLUSTER' },
  AlterCluster: {
    on: 'cluster',
    acl: 'ALTER CLUSTER',
    requires: ['DescribeCluster'],
    provisionedOnly: true,
  },
  DescribeClusterDynamicConfiguration: {
    on: 'cluster',
    acl: 'DESCRIBE_CONFIGS CLUSTER',
    provisionedOnly: true,
  },
  AlterClusterDynamicConfiguration: {
    on: 'cluster',
    acl: 'ALTER_CONFIGS CLUSTER',
    requires: ['DescribeClusterDynamicConfiguration'],
    provisionedOnly: true,
  },
  WriteDataIdempotently: { on: 'cluster', acl: 'IDEMPOTENT_WRITE CLUSTER', requires: ['WriteData'] },
  CreateTopic: { on: 'topic', acl: 'CREATE CLUSTER/TOPIC' },
  DescribeTopic: { on: 'topic', acl: 'DESCRIBE TOPIC' },
  AlterTopic: { on: 'topic', acl: 'ALTER TOPIC', requires: ['DescribeTopic'] },
  DeleteTopic: { on: 'topic', acl: 'DELETE TOPIC', requires: ['DescribeTopic'] },
  DescribeTopicDynamicConfiguration: { on: 'topic', acl: 'DESCRIBE_CONFIGS TOPIC' },
  AlterTopicDynamicConfiguration: {
    on: 'topic',
    acl: 'ALTER_CONFIGS TOPIC',
    requires: ['DescribeTopicDynamicConfiguration'],
  },
  ReadData: { on: 'topic', acl: 'READ TOPIC', requires: ['DescribeTopic', 'AlterGroup'] },
  WriteData: { on: 'topic', acl: 'WRITE TOPIC', requires: ['DescribeTopic'] },
  DescribeGroup: { on: 'group', acl: 'DESCRIBE GROUP' },
  AlterGroup: { on: 'group', acl: 'READ GROUP', requires: ['DescribeGroup'] },
  DeleteGroup: { on: 'group', acl: 'DELETE GROUP', requires: ['DescribeGroup'] },
  DescribeTransactionalId: { on: 'transactional-id', acl: 'DESCRIBE TRANSACTIONAL_ID' },
  AlterTransactionalId: {
    on: 'transactional-id',
    acl: 'WRITE TRANSACTIONAL_ID',
    requires: ['DescribeTransactionalId', 'WriteData'],
  },
} as const satisfies Readonly<Record<string, ActionRow>>

export type KafkaAction = keyof typeof actions

/** All actions of the service `kafka-cluster`, without that prefix. */
export const kafkaActions: Readonly<Record<KafkaAction, ActionRow<KafkaAction>>> = actions

/** The name in a policy: `kafka-cluster:ReadData`. */
export function policyActionOf(action: KafkaAction): `kafka-cluster:${KafkaAction}` {
  return `kafka-cluster:${action}`
}

type CallRow = {
  /** https://kafka.apache.org/protocol#protocol_api_keys */
  readonly apiKey: number
  readonly needs: readonly KafkaAction[]
}

const call = (apiKey: number, ...needs: readonly KafkaAction[]): CallRow => ({ apiKey, needs })

/**
 * What clients send, and the actions it needs beside the login's Connect. An API that asks for different things has a row for
 * each, with what makes the difference in parentheses.
 *
 * Not here: what only brokers send (Kafka's ClusterAction has no IAM action), delegation tokens (neither), share and streams
 * groups, and WriteTxnMarkers, which AWS supports from Kafka 3.8 on without saying by which action.
 */
const calls = {
  Produce: call(0, 'WriteData'),
  'Produce (idempotent)': call(0, 'WriteData', 'WriteDataIdempotently'),
  'Produce (transactional)': call(0, 'WriteData', 'AlterTransactionalId'),
  Fetch: call(1, 'ReadData'),
  ListOffsets: call(2, 'DescribeTopic'),
  // Asked for all topics, it leaves out those without the action.
  Metadata: call(3, 'DescribeTopic'),
  'Metadata (creates topics)': call(3, 'DescribeTopic', 'CreateTopic'),
  OffsetCommit: call(8, 'AlterGroup', 'ReadData'),
  OffsetFetch: call(9, 'DescribeGroup', 'DescribeTopic'),
  'FindCoordinator (group)': call(10, 'DescribeGroup'),
  'FindCoordinator (transaction)': call(10, 'DescribeTransactionalId'),
  JoinGroup: call(11, 'AlterGroup'),
  Heartbeat: call(12, 'AlterGroup'),
  LeaveGroup: call(13, 'AlterGroup'),
  SyncGroup: call(14, 'AlterGroup'),
  DescribeGroups: call(15, 'DescribeGroup'),
  // It leaves out groups without the action, unless the caller has DescribeCluster.
  ListGroups: call(16, 'DescribeGroup'),
  // These two come before anybody is logged in.
  SaslHandshake: call(17),
  ApiVersions: call(18),
  CreateTopics: call(19, 'CreateTopic'),
  DeleteTopics: call(20, 'DeleteTopic'),
  DeleteRecords: call(21, 'DeleteTopic'),
  'InitProducerId (idempotent)': call(22, 'WriteDataIdempotently'),
  'InitProducerId (transactional)': call(22, 'AlterTransactionalId'),
  OffsetForLeaderEpoch: call(23, 'DescribeTopic'),
  AddPartitionsToTxn: call(24, 'AlterTransactionalId', 'WriteData'),
  AddOffsetsToTxn: call(25, 'AlterTransactionalId', 'AlterGroup'),
  EndTxn: call(26, 'AlterTransactionalId'),
  TxnOffsetCommit: call(28, 'AlterTransactionalId', 'AlterGroup', 'ReadData'),
  // Kafka's ACLs can be kept on MSK, and have no effect on IAM identities.
  DescribeAcls: call(29, 'DescribeCluster'),
  CreateAcls: call(30, 'AlterCluster'),
  DeleteAcls: call(31, 'AlterCluster'),
  'DescribeConfigs (topic)': call(32, 'DescribeTopicDynamicConfiguration'),
  'DescribeConfigs (broker)': call(32, 'DescribeClusterDynamicConfiguration'),
  'AlterConfigs (topic)': call(33, 'AlterTopicDynamicConfiguration'),
  'AlterConfigs (broker)': call(33, 'AlterClusterDynamicConfiguration'),
  AlterReplicaLogDirs: call(34, 'AlterCluster'),
  DescribeLogDirs: call(35, 'DescribeCluster'),
  SaslAuthenticate: call(36, 'Connect'),
  CreatePartitions: call(37, 'AlterTopic'),
  DeleteGroups: call(42, 'DeleteGroup'),
  ElectLeaders: call(43, 'AlterCluster'),
  'IncrementalAlterConfigs (topic)': call(44, 'AlterTopicDynamicConfiguration'),
  'IncrementalAlterConfigs (broker)': call(44, 'AlterClusterDynamicConfiguration'),
  AlterPartitionReassignments: call(45, 'AlterCluster'),
  ListPartitionReassignments: call(46, 'DescribeCluster'),
  OffsetDelete: call(47, 'DeleteGroup', 'ReadData'),
  DescribeClientQuotas: call(48, 'DescribeClusterDynamicConfiguration'),
  AlterClientQuotas: call(49, 'AlterClusterDynamicConfiguration'),
  DescribeUserScramCredentials: call(50, 'DescribeCluster'),
  AlterUserScramCredentials: call(51, 'AlterCluster'),
  DescribeQuorum: call(55, 'DescribeCluster'),
  UpdateFeatures: call(57, 'AlterCluster'),
  DescribeCluster: call(60, 'DescribeCluster'),
  DescribeProducers: call(61, 'ReadData'),
  UnregisterBroker: call(64, 'AlterCluster'),
  DescribeTransactions: call(65, 'DescribeTransactionalId'),
  // It leaves out transactions without the action.
  ListTransactions: call(66, 'DescribeTransactionalId'),
  ConsumerGroupHeartbeat: call(68, 'AlterGroup', 'DescribeTopic'),
  ConsumerGroupDescribe: call(69, 'DescribeGroup'),
  GetTelemetrySubscriptions: call(71),
  PushTelemetry: call(72),
  ListConfigResources: call(74, 'DescribeClusterDynamicConfiguration'),
  DescribeTopicPartitions: call(75, 'DescribeTopic'),
}

export type KafkaCall = keyof typeof calls

export const kafkaCalls: Readonly<Record<KafkaCall, CallRow>> = calls
