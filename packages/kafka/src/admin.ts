/** The admin port over kafkajs: what topic-admin, and a dry run of it, may do to a cluster. */

import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { type KafkaConnection } from './connection.ts'
import { KafkaError } from './errors.ts'
import { KafkaReadOnlyAdmin } from './kafka-read-only-admin.ts'
import { proveLogin } from './login-proof.ts'
import { type ConfigEntry, type ReadOnlyAdmin } from './read-only-admin.ts'

export type * from './read-only-admin.ts'

export type NewTopic = {
  readonly topic: string
  /** Absent: the brokers' `num.partitions`. */
  readonly partitions?: number
  /** Absent: the brokers' `default.replication.factor`. */
  readonly replicationFactor?: number
  /** Node ids per partition; instead of the two counts. */
  readonly replicaAssignment?: readonly (readonly number[])[]
  readonly configs?: Readonly<Record<string, string>>
}

/** Every method rejects with a KafkaError, and resolves when the change is visible. */
export interface ClusterAdmin extends ReadOnlyAdmin {
  /** All topics are tried; the sentences of those that failed are joined. */
  createTopics(topics: readonly NewTopic[], options?: { readonly validateOnly?: boolean }): Promise<void>
  /** `count` is the new total; `assignments` name the nodes of the new partitions only. */
  createPartitions(topic: string, count: number, assignments?: readonly (readonly number[])[]): Promise<void>
  deleteTopics(topics: readonly string[]): Promise<void>
  /** Sets and removes overrides of one topic and leaves its others as they are (K13). */
  setTopicConfigs(
    topic: string,
    set: Readonly<Record<string, string>>,
    remove?: readonly string[],
  ): Promise<void>
}

/** @throws {KafkaError} when the cluster is not reachable or refuses the login. */
export async function openAdmin(connection: KafkaConnection): Promise<ClusterAdmin> {
  await proveLogin(connection)
  return new KafkaClusterAdmin(connection)
}

/** An admin without methods that write. @throws {KafkaError} as `openAdmin`. */
export async function openReadOnlyAdmin(connection: KafkaConnection): Promise<ReadOnlyAdmin> {
  await proveLogin(connection)
  return new KafkaReadOnlyAdmin(connection)
}

/** How long a change may take until every question shows it. */
const visibleWithinMs = 10_000
const pollMs = 50

class KafkaClusterAdmin extends KafkaReadOnlyAdmin implements ClusterAdmin {
  async createTopics(
    topics: readonly NewTopic[],
    options: { readonly validateOnly?: boolean } = {},
  ): Promise<void> {
    const names = topics.map(({ topic }) => topic)
    await this.ask(`create topic ${names.join(', ')}`, (admin) =>
      admin.createTopics({
        validateOnly: options.validateOnly ?? false,
        // kafkajs would fail on a topic that the asked broker has not heard of yet.
        waitForLeaders: false,
        topics: topics.map((topic) => ({
          topic: topic.topic,
          ...(topic.partitions === undefined ? {} : { numPartitions: topic.partitions }),
          ...(topic.replicationFactor === undefined ? {} : { replicationFactor: topic.replicationFactor }),
          ...(topic.replicaAssignment === undefined
            ? {}
            : {
                replicaAssignment: topic.replicaAssignment.map((replicas, partition) => ({
                  partition,
                  replicas: [...replicas],
                })),
              }),
          configEntries: Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value })),
        })),
      }),
    )
    if (options.validateOnly) return
    await this.#until(`create topic ${names.join(', ')}`, async () => {
      const known = await this.describeTopics(names)
      return known.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
    })
  }

  async createPartitions(
    topic: string,
    count: number,
    assignments?: readonly (readonly number[])[],
  ): Promise<void> {
    const doing = `give topic ${topic} ${count} partitions`
    const [before] = await this.describeTopics([topic])
    await this.ask(doing, (admin) =>
      admin.createPartitions({
        topicPartitions: [
          {
            topic,
            count,
            ...(assignments === undefined ? {} : { assignments: assignments.map((nodes) => [...nodes]) }),
          },
        ],
      }),
    )
    await this.#until(doing, async () => {
      const [known] = await this.describeTopics([topic])
      // An old partition may be without a leader for as long as its brokers are down.
      const added = known?.partitions.slice(before?.partitions.length) ?? []
      return known?.partitions.length === count && added.every(({ leader }) => leader >= 0)
    })
  }

  async deleteTopics(topics: readonly string[]): Promise<void> {
    // kafkajs would try an unknown topic again and again.
    await this.describeTopics(topics)
    const doing = `delete topic ${topics.join(', ')}`
    await this.ask(doing, (admin) => admin.deleteTopics({ topics: [...topics] }))
    await this.#until(doing, async () => {
      const left = new Set(await this.listTopics())
      return topics.every((topic) => !left.has(topic))
    })
  }

  async setTopicConfigs(
    topic: string,
    set: Readonly<Record<string, string>>,
    remove: readonly string[] = [],
  ): Promise<void> {
    const doing = `configure topic ${topic}`
    const before = await this.#overrides(topic)
    const hidden = before.find(({ name, sensitive }) => sensitive && !(name in set) && !remove.includes(name))
    if (hidden !== undefined) {
      throw new KafkaError(
        'UNSUPPORTED',
        `could not ${doing}: the value of ${hidden.name} is hidden and would be lost; set it in the same call`,
      )
    }
    // The request replaces all overrides (AlterConfigs, API 33): what was there goes along.
    const wanted = new Map(before.map(({ name, value }) => [name, value ?? '']))
    for (const name of remove) wanted.delete(name)
    for (const [name, value] of Object.entries(set)) wanted.set(name, value)
    await this.ask(doing, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: [...wanted].map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    )
    await this.#until(doing, async () => {
      const after = await this.#overrides(topic)
      return (
        after.length === wanted.size &&
        after.every(({ name, value, sensitive }) => sensitive || wanted.get(name) === value)
      )
    })
  }

  async #overrides(topic: string): Promise<readonly ConfigEntry[]> {
    const configs = await this.topicConfigs([topic])
    return configs.get(topic)?.filter(({ source }) => source === 'topic') ?? []
  }

  /** Brokers learn of a change one after the other. */
  async #until(doing: string, isVisible: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + visibleWithinMs
    for (;;) {
      if (await isVisible().catch(falseIfNotYet)) return
      if (Date.now() > deadline) {
        throw new KafkaError(
          'TIMED_OUT',
          `asked the cluster to ${doing}, but the change did not show within ${visibleWithinMs / 1_000} s; look again later`,
        )
      }
      await sleep(pollMs)
    }
  }
}

function falseIfNotYet(error: unknown): false {
  if (error instanceof KafkaError && (error.code === 'UNKNOWN_TOPIC' || error.canRetry)) return false
  throw error
}
