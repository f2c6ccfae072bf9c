/** The embedded broker: starts in milliseconds, lives in this process, forgets everything when it is closed. */

import { type Denial } from './access.ts'
import { BrokerSockets, type Logins } from './broker-sockets.ts'
import { type Clock, systemClock } from './clock.ts'
import { Cluster } from './cluster.ts'
import { Faults } from './faults.ts'
import { type GroupState } from './groups/group-requests.ts'
import { type TlsOptions } from './listener.ts'
import { type OnFull } from './log/log-memory.ts'
import { planTopic } from './topic-creation.ts'
import { type Partition } from './topics.ts'

export type EmbeddedKafkaOptions = {
  readonly topics?: readonly {
    readonly topic: string
    /** Default 1. */
    readonly partitions?: number
    readonly configs?: Readonly<Record<string, string>>
  }[]
  /** Number of logical brokers, each with a port of its own. Default 1. */
  readonly brokers?: number
  /** Default 127.0.0.1; it is also what clients are told. */
  readonly host?: string
  /** Port of the first broker, the others get the next ones. Default: any free ports. */
  readonly port?: number
  /** Memory for records. Default 256 MiB. */
  readonly maxBytes?: number
  /** What happens when it is full: the oldest records go (default), or Produce is refused. */
  readonly onFull?: OnFull
  /** A topic that a client asks for is created, if the client wishes so. Default false. */
  readonly autoCreateTopics?: boolean
  /** Partitions of a topic that is created without a number. Default 1. */
  readonly defaultPartitions?: number
  /** Largest request in bytes. Default 100 MiB, as in Kafka. */
  readonly maxRequestBytes?: number
  /** An empty group's first rebalance waits so long for more members. Default 0 (Apache Kafka: 3 s). */
  readonly groupInitialRebalanceDelayMs?: number
  /** Shortest session time-out of a group's member. Default 1 s (Apache Kafka: 6 s). */
  readonly groupMinSessionTimeoutMs?: number
  readonly clock?: Clock
  /** All ports speak TLS: `testCertificates()` of `@pinpipe/embedded-kafka/test-certificates` makes what it takes. */
  readonly tls?: TlsOptions
  /** All ports ask for a login by one of these mechanisms. Default: none is asked for. */
  readonly logins?: Logins
}

export type PartitionFacts = {
  readonly leader: number
  readonly leaderEpoch: number
  readonly startOffset: bigint
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
}

export type GroupFacts = {
  readonly state: GroupState
  readonly generationId: number
  readonly memberIds: readonly string[]
}

export type EmbeddedKafka = AsyncDisposable & {
  /** Makes things go wrong. */
  readonly faults: Faults
  /** `host:port,…` of all brokers. */
  readonly bootstrapServers: string
  /** Bugs of the broker itself: clients were answered UNKNOWN_SERVER_ERROR. Always empty, we hope. */
  readonly internalErrors: readonly unknown[]
  /** Rights that clients lacked, the newest last. */
  readonly denials: readonly Denial[]
  /** Memory that records take now. */
  readonly usedBytes: number
  /** For assertions: where a partition stands; `undefined` when there is none. */
  partition(topic: string, partition: number): PartitionFacts | undefined
  /** For assertions: state, generation and member ids of a group; `undefined` when there is none. */
  group(groupId: string): GroupFacts | undefined
  /** Deletes and compacts by the topics' settings; it happens every five minutes by itself. */
  runCleanup(): void
  /** The same as disposing: connections are dropped, ports are free, records are gone. */
  close(): Promise<void>
}

/** @throws RequestRefused for a topic that Kafka would refuse, or the error of `listen` */
export async function startEmbeddedKafka(options: EmbeddedKafkaOptions = {}): Promise<EmbeddedKafka> {
  const cluster = new Cluster({
    brokers: options.brokers ?? 1,
    host: options.host ?? '127.0.0.1',
    clock: options.clock ?? systemClock,
    maxBytes: options.maxBytes ?? 256 * 1024 * 1024,
    onFull: options.onFull ?? 'drop-oldest',
    autoCreateTopics: options.autoCreateTopics ?? false,
    defaultPartitions: options.defaultPartitions ?? 1,
    groupTimes: {
      initialRebalanceDelayMs: options.groupInitialRebalanceDelayMs ?? 0,
      minSessionTimeoutMs: options.groupMinSessionTimeoutMs ?? 1_000,
      maxSessionTimeoutMs: 1_800_000,
      maxSize: Number.POSITIVE_INFINITY,
    },
  })
  for (const { topic, partitions, configs } of options.topics ?? []) {
    const wish = { name: topic, numPartitions: partitions ?? 1, replicationFactor: -1, assignments: [] }
    const entries = Object.entries(configs ?? {}).map(([name, value]) => ({ name, value }))
    cluster.topics.create(planTopic(cluster, { ...wish, configs: entries }))
  }
  const sockets = new BrokerSockets(cluster, options)
  await sockets.open()
  const close = async (): Promise<void> => {
    cluster.close()
    await sockets.close()
  }
  return {
    bootstrapServers: cluster.brokers.all.map(({ host, port }) => `${host}:${port}`).join(','),
    faults: new Faults(cluster, sockets),
    get internalErrors() {
      return cluster.internalErrors.last
    },
    get denials() {
      return cluster.denials.last
    },
    get usedBytes() {
      return cluster.memory.usedBytes
    },
    partition: (topic, index) => partitionFacts(cluster.topics.partition(topic, index)),
    group(groupId) {
      const group = cluster.groups.find(groupId)
      if (group === undefined) return undefined
      const { state, generationId, members } = group
      return { state, generationId, memberIds: members.all().map(({ id }) => id) }
    },
    runCleanup: () => cluster.runCleanup(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function partitionFacts(partition: Partition | undefined): PartitionFacts | undefined {
  if (partition === undefined) return undefined
  const { leader, leaderEpoch, log } = partition
  const { startOffset, highWatermark, lastStableOffset } = log
  return { leader, leaderEpoch, startOffset, highWatermark, lastStableOffset }
}
