/** The settings of a broker, as far as tools look at them: the defaults of topics, and how it was started. */

import { type Broker } from './brokers.ts'
import { type Cluster } from './cluster.ts'
import { type ConfigType, configKeys } from './config-keys.ts'

export type BrokerConfig = { readonly name: string; readonly value: string; readonly type: ConfigType }

export function brokerConfigs(
  { options, defaultReplicationFactor }: Cluster,
  broker: Broker,
): readonly BrokerConfig[] {
  const address = `PLAINTEXT://${broker.host}:${broker.port}`
  const own: readonly BrokerConfig[] = [
    { name: 'advertised.listeners', value: address, type: 'string' },
    { name: 'auto.create.topics.enable', value: String(options.autoCreateTopics), type: 'boolean' },
    { name: 'broker.id', value: String(broker.id), type: 'int' },
    { name: 'default.replication.factor', value: String(defaultReplicationFactor), type: 'int' },
    {
      name: 'group.initial.rebalance.delay.ms',
      value: String(options.groupTimes.initialRebalanceDelayMs),
      type: 'int',
    },
    {
      name: 'group.min.session.timeout.ms',
      value: String(options.groupTimes.minSessionTimeoutMs),
      type: 'int',
    },
    { name: 'listeners', value: address, type: 'string' },
    { name: 'log.retention.hours', value: '168', type: 'int' },
    { name: 'node.id', value: String(broker.id), type: 'int' },
    { name: 'num.partitions', value: String(options.defaultPartitions), type: 'int' },
    { name: 'offsets.retention.minutes', value: '10080', type: 'int' },
  ]
  const defaults = Object.values(configKeys).flatMap(({ brokerName, fallback, type }) =>
    brokerName === undefined ? [] : [{ name: brokerName, value: fallback, type }],
  )
  return [...own, ...defaults].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
