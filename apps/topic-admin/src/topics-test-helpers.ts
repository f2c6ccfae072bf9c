/** For tests: the app run in this process, and a small cluster of topics in memory. */
import type { ClusterAdmin, ConfigEntry, NewTopic, TopicDescription } from '@pinpipe/kafka/admin'
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import { KafkaError } from '@pinpipe/kafka/errors'
import { runApp } from '@pinpipe/service/command'
import { fakeProcess, runFake } from '@pinpipe/service/fake-process'
import { topicsApp } from './app.ts'
import type { ClusterAccess } from './cluster-access.ts'

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs `topics ARGS` against the cluster that the arguments or variables name. */
export async function runTopics(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return await runFake(topicsApp('0.0.0'), argv, env)
}

/** Runs `topics ARGS` against a cluster in memory. */
export async function runOn(
  cluster: FakeCluster,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return await runFake(topicsApp('0.0.0', cluster.access), argv, { KAFKA_BROKERS: 'memory:9092', ...env })
}

/** The same on a terminal, where the user types these lines and then ends the input. */
export async function runOnTerminal(
  cluster: FakeCluster,
  argv: readonly string[],
  typed: readonly string[],
): Promise<Ran> {
  const proc = fakeProcess({ argv, env: { KAFKA_BROKERS: 'memory:9092' }, isTerminal: true })
  Object.assign(proc.stdin, { isTTY: true })
  proc.stdin.end(typed.map((line) => `${line}\n`).join(''))
  const code = await runApp(topicsApp('0.0.0', cluster.access), proc)
  return { code, stdout: proc.output.stdout, stderr: proc.output.stderr }
}

type FakeTopic = {
  readonly partitions: number
  readonly replicationFactor: number
  readonly configs: Readonly<Record<string, string>>
}

/** Topics in memory; counts how often it was opened for writing, and fails where it is told to. */
export class FakeCluster {
  readonly topics = new Map<string, FakeTopic>()
  /** Names of topics (or `open`) → the error of every change of them. */
  readonly failures = new Map<string, KafkaError>()
  readonly changes: string[] = []
  /** How it was opened: the connection of the last command. */
  connection: KafkaConnection | undefined
  writers = 0
  open = 0

  constructor(topics: Readonly<Record<string, Partial<FakeTopic>>> = {}) {
    for (const [name, topic] of Object.entries(topics)) this.topics.set(name, shaped(topic))
  }

  get access(): ClusterAccess {
    return {
      openAdmin: async (connection) => {
        this.writers += 1
        return await this.#opened(connection)
      },
      openReadOnlyAdmin: async (connection) => await this.#opened(connection),
    }
  }

  async #opened(connection: KafkaConnection): Promise<ClusterAdmin> {
    this.connection = connection
    this.#failIfTold('open')
    this.open += 1
    return await Promise.resolve(this.#admin())
  }

  #admin(): ClusterAdmin {
    return {
      cluster: async () =>
        await Promise.resolve({
          clusterId: 'memory',
          controllerId: 1,
          brokers: [{ nodeId: 1, host: 'memory', port: 9092 }],
        }),
      listTopics: async () => await Promise.resolve([...this.topics.keys()].toSorted()),
      describeTopics: async (names) => await Promise.resolve(names.map((name) => this.#described(name))),
      topicConfigs: async (names) =>
        await Promise.resolve(new Map(names.map((name) => [name, this.#configs(name)]))),
      watermarks: async () => await Promise.resolve([]),
      logs: async () => await Promise.resolve([]),
      offsetsAt: async () => await Promise.resolve(new Map()),
      committedOffsets: async () => await Promise.resolve([]),
      createTopics: async (topics) => {
        await Promise.resolve(topics.forEach((topic) => this.#create(topic)))
      },
      createPartitions: async (topic, count) => {
        this.#failIfTold(topic)
        this.#refuseFewer(topic, count)
        this.changes.push(`grow ${topic} to ${count}`)
        await Promise.resolve(this.topics.set(topic, { ...this.#topic(topic), partitions: count }))
      },
      deleteTopics: async (topics) => {
        for (const topic of topics) {
          this.#failIfTold(topic)
          this.changes.push(`delete ${topic}`)
          this.topics.delete(topic)
        }
        await Promise.resolve()
      },
      setTopicConfigs: async () => await Promise.resolve(),
      [Symbol.asyncDispose]: async () => {
        this.open -= 1
        await Promise.resolve()
      },
    }
  }

  #create({ topic, partitions = 1, replicationFactor = 1, configs = {} }: NewTopic): void {
    this.#failIfTold(topic)
    if (this.topics.has(topic)) throw new KafkaError('TOPIC_EXISTS', `topic ${topic} exists already`)
    this.changes.push(`create ${topic}`)
    this.topics.set(topic, { partitions, replicationFactor, configs })
  }

  #refuseFewer(topic: string, count: number): void {
    const { partitions } = this.#topic(topic)
    if (partitions < count) return
    const brokerMessage = `The topic ${topic} currently has ${partitions} partition(s); ${count} would not be an increase.`
    throw new KafkaError('INVALID_PARTITIONS', 'could not grow; give more', { brokerMessage })
  }

  #topic(topic: string): FakeTopic {
    const found = this.topics.get(topic)
    if (found === undefined) throw new KafkaError('UNKNOWN_TOPIC', `there is no topic ${topic}`)
    return found
  }

  #described(topic: string): TopicDescription {
    const { partitions, replicationFactor } = this.#topic(topic)
    const replicas = Array.from({ length: replicationFactor }, (_, at) => at + 1)
    return {
      topic,
      internal: topic === '__consumer_offsets',
      partitions: Array.from({ length: partitions }, (_, partition) => ({
        partition,
        leader: 1,
        replicas,
        isr: replicas,
      })),
    }
  }

  #configs(topic: string): readonly ConfigEntry[] {
    const { configs } = this.#topic(topic)
    const set = Object.entries(configs).map(([name, value]) => entry(name, value, 'topic'))
    return [...set, ...('retention.ms' in configs ? [] : [entry('retention.ms', '604800000', 'default')])]
  }

  #failIfTold(name: string): void {
    const failure = this.failures.get(name)
    if (failure !== undefined) throw failure
  }
}

function shaped(topic: Partial<FakeTopic>): FakeTopic {
  return { partitions: 3, replicationFactor: 1, configs: {}, ...topic }
}

function entry(name: string, value: string, source: ConfigEntry['source']): ConfigEntry {
  return { name, value, source, sensitive: false, readOnly: false }
}
