/** Settings that more than one command has. */
import { settingsSpec, types } from '@pinpipe/service/settings'

const group = 'Topic'

export const shapeSettings = settingsSpec({
  partitions: {
    flag: 'partitions',
    type: types.integer({ min: 1, max: 1_000_000 }),
    description: 'Number of partitions; without it a new topic gets what the brokers default to',
    group,
  },
  replicationFactor: {
    flag: 'replication-factor',
    type: types.integer({ min: 1, max: 32_767 }),
    description: 'Replicas of each partition; without it a new topic gets what the brokers default to',
    group,
  },
  config: {
    flag: 'config',
    type: types.repeated(types.text({ takes: 'NAME=VALUE' })),
    description: 'A config of a new topic; .ms takes durations (7d), .bytes takes sizes (64MiB)',
    group,
  },
})

export const keyedSetting = settingsSpec({
  allowKeyedPartitionIncrease: {
    flag: 'allow-keyed-partition-increase',
    type: types.boolean(),
    default: false,
    description:
      'Let a topic whose records have keys grow: from then on a key may go to another partition than before',
    group,
  },
})

export const dryRunSetting = settingsSpec({
  dryRun: {
    flag: 'dry-run',
    type: types.boolean(),
    default: false,
    description: 'Say what would be done, with a client that cannot write',
  },
})
