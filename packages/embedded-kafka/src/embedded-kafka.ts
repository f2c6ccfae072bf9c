/** The embedded broker: starts in milliseconds, lives in this process, forgets everything when it is closed. */

import { type Socket } from 'node:net'
import { type Clock, systemClock } from './clock.ts'
import { Cluster } from './cluster.ts'
import { type Respond } from './connection.ts'
import { dispatch } from './dispatcher.ts'
import { type Listener, openListener } from './listener.ts'
import { type OnFull } from './log/log-memory.ts'
import { planTopic } from './topic-creation.ts'

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
}

export type EmbeddedKafka = AsyncDisposable & {
  /** `host:port,…` of all brokers. */
  readonly bootstrapServers: string
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
  const listeners = await openListeners(cluster, options)
  const close = async (): Promise<void> => {
    cluster.close()
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()))
  }
  return {
    bootstrapServers: cluster.brokers.all.map(({ host, port }) => `${host}:${port}`).join(','),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function openListeners(
  cluster: Cluster,
  { port = 0, maxRequestBytes = 100 * 1024 * 1024 }: EmbeddedKafkaOptions,
): Promise<readonly Listener[]> {
  await using opened = new AsyncDisposableStack()
  const listeners: Listener[] = []
  for (const [index, broker] of cluster.brokers.all.entries()) {
    const address = { host: broker.host, port: port === 0 ? 0 : port + index, maxFrameBytes: maxRequestBytes }
    const respondTo = (socket: Socket): Respond => {
      const clientHost = `/${socket.remoteAddress ?? ''}`
      return (frame, gone) => dispatch(frame, { cluster, broker, clientHost, gone })
    }
    const listener = opened.use(await openListener(address, respondTo))
    broker.port = listener.port
    listeners.push(listener)
  }
  opened.move()
  return listeners
}
