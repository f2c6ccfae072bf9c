/**
 * The settings of a topic, as Apache Kafka 4.1 lists them: type, default, the broker setting behind the default, and
 * which values are allowed, in the order in which DescribeConfigs tells them. Those that the embedded broker does not act on (flushing, tiered storage …) are only kept.
 */

export type ConfigType = 'boolean' | 'string' | 'int' | 'long' | 'double' | 'list'

export type ConfigKey = {
  readonly type: ConfigType
  readonly fallback: string
  /** Name of the broker's setting that the default comes from. */
  readonly brokerName?: string
  readonly atLeast?: number
  readonly atMost?: number
  readonly oneOf?: readonly string[]
}

const longest = '9223372036854775807'
const week = '604800000'

export const configKeys: Readonly<Record<string, ConfigKey>> = {
  'compression.type': {
    type: 'string',
    fallback: 'producer',
    brokerName: 'compression.type',
    oneOf: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
  },
  'remote.log.delete.on.disable': { type: 'boolean', fallback: 'false' },
  'leader.replication.throttled.replicas': { type: 'list', fallback: '' },
  'remote.storage.enable': { type: 'boolean', fallback: 'false' },
  'min.insync.replicas': { type: 'int', fallback: '1', brokerName: 'min.insync.replicas', atLeast: 1 },
  'segment.jitter.ms': { type: 'long', fallback: '0', atLeast: 0 },
  'remote.log.copy.disable': { type: 'boolean', fallback: 'false' },
  'local.retention.ms': { type: 'long', fallback: '-2', brokerName: 'log.local.retention.ms', atLeast: -2 },
  'cleanup.policy': {
    type: 'list',
    fallback: 'delete',
    brokerName: 'log.cleanup.policy',
    oneOf: ['compact', 'delete'],
  },
  'flush.ms': { type: 'long', fallback: longest, atLeast: 0 },
  'follower.replication.throttled.replicas': { type: 'list', fallback: '' },
  'compression.lz4.level': {
    type: 'int',
    fallback: '9',
    brokerName: 'compression.lz4.level',
    atLeast: 1,
    atMost: 17,
  },
  'segment.bytes': {
    type: 'int',
    fallback: '1073741824',
    brokerName: 'log.segment.bytes',
    atLeast: 1_048_576,
  },
  'retention.ms': { type: 'long', fallback: week, atLeast: -1 },
  'compression.gzip.level': { type: 'int', fallback: '-1', brokerName: 'compression.gzip.level' },
  'flush.messages': {
    type: 'long',
    fallback: longest,
    brokerName: 'log.flush.interval.messages',
    atLeast: 1,
  },
  'compression.zstd.level': {
    type: 'int',
    fallback: '3',
    brokerName: 'compression.zstd.level',
    atLeast: -131_072,
    atMost: 22,
  },
  'max.compaction.lag.ms': {
    type: 'long',
    fallback: longest,
    brokerName: 'log.cleaner.max.compaction.lag.ms',
    atLeast: 1,
  },
  'file.delete.delay.ms': {
    type: 'long',
    fallback: '60000',
    brokerName: 'log.segment.delete.delay.ms',
    atLeast: 0,
  },
  'max.message.bytes': { type: 'int', fallback: '1048588', brokerName: 'message.max.bytes', atLeast: 0 },
  'min.compaction.lag.ms': {
    type: 'long',
    fallback: '0',
    brokerName: 'log.cleaner.min.compaction.lag.ms',
    atLeast: 0,
  },
  'message.timestamp.type': {
    type: 'string',
    fallback: 'CreateTime',
    brokerName: 'log.message.timestamp.type',
    oneOf: ['CreateTime', 'LogAppendTime'],
  },
  'local.retention.bytes': {
    type: 'long',
    fallback: '-2',
    brokerName: 'log.local.retention.bytes',
    atLeast: -2,
  },
  preallocate: { type: 'boolean', fallback: 'false', brokerName: 'log.preallocate' },
  'min.cleanable.dirty.ratio': {
    type: 'double',
    fallback: '0.5',
    brokerName: 'log.cleaner.min.cleanable.ratio',
    atLeast: 0,
    atMost: 1,
  },
  'index.interval.bytes': {
    type: 'int',
    fallback: '4096',
    brokerName: 'log.index.interval.bytes',
    atLeast: 0,
  },
  'unclean.leader.election.enable': {
    type: 'boolean',
    fallback: 'false',
    brokerName: 'unclean.leader.election.enable',
  },
  'retention.bytes': { type: 'long', fallback: '-1', brokerName: 'log.retention.bytes' },
  'delete.retention.ms': {
    type: 'long',
    fallback: '86400000',
    brokerName: 'log.cleaner.delete.retention.ms',
    atLeast: 0,
  },
  'message.timestamp.after.max.ms': {
    type: 'long',
    fallback: '3600000',
    brokerName: 'log.message.timestamp.after.max.ms',
    atLeast: 0,
  },
  'message.timestamp.before.max.ms': {
    type: 'long',
    fallback: longest,
    brokerName: 'log.message.timestamp.before.max.ms',
    atLeast: 0,
  },
  'segment.ms': { type: 'long', fallback: week, atLeast: 1 },
  'segment.index.bytes': {
    type: 'int',
    fallback: '10485760',
    brokerName: 'log.index.size.max.bytes',
    atLeast: 4,
  },
}
