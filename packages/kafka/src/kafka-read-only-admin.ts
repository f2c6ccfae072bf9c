/** The questions of the admin port over kafkajs's admin client. */

import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type DescribeConfigResponse } from 'kafkajs'
import { type KafkaConnection } from './connection.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { reconnectPauseMs } from './kafka-client.ts'
import { connectedAdmin, rawBrokerOf } from './kafkajs-admin.ts'
import {
  type ClusterDescription,
  type CommittedOffset,
  type ConfigEntry,
  type PartitionLog,
  type ReadOnlyAdmin,
  type TopicDescription,
  type Watermarks,
} from './read-only-admin.ts'
import { askForTopics, descriptionsOf } from './topic-descriptions.ts'

const questionPatienceMs = 5_000
const questionPauseMs = 100
/** The login was proved when the admin was opened: one that is refused later may be the broker's hiccup, or a rotation. */
const loginPatienceMs = 5_000
const sourceOf: Readonly<Record<number, ConfigEntry['source']>> = {
  1: 'topic',
  2: 'broker',
  3: 'broker',
  4: 'broker',
  5: 'default',
}

export class KafkaReadOnlyAdmin implements ReadOnlyAdmin {
  readonly #connection: KafkaConnection
  #client: Promise<Admin> | undefined
  #isClosed = false

  constructor(connection: KafkaConnection) {
    this.#connection = connection
  }

  /** Runs one kafkajs admin call; its error becomes a KafkaError that says what was tried. */
  protected async ask<T>(doing: string, call: (admin: Admin) => Promise<T>): Promise<T> {
    const deadline = Date.now() + loginPatienceMs
    for (;;) {
      try {
        return await this.#askOnce(doing, call)
      } catch (error) {
        // With a refused login nothing was sent: whatever it was to be can be tried again.
        const isRefused = error instanceof KafkaError && error.code === 'AUTHENTICATION_FAILED'
        if (!isRefused || Date.now() > deadline) throw error
        await sleep(reconnectPauseMs(this.#connection, questionPauseMs))
      }
    }
  }

  async #askOnce<T>(doing: string, call: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new KafkaError('CLOSED', `could not ${doing}: the admin client is closed`)
    this.#client ??= connectedAdmin(this.#connection)
    const client = this.#client
    try {
      return await call(await client)
    } catch (error) {
      // kafkajs keeps a topic it once was asked about, and fails at everything once that topic is deleted.
      if (this.#client === client) this.#client = undefined
      await client.then((admin) => admin.disconnect()).catch(() => undefined)
      throw kafkaErrorOf(error, doing, this.#connection)
    }
  }

  /** A question may be asked again while the cluster moves leaders around; kafkajs gives up at the first such answer. */
  async #question<T>(doing: string, call: (admin: Admin) => Promise<T>): Promise<T> {
    const deadline = Date.now() + questionPatienceMs
    for (;;) {
      try {
        return await this.ask(doing, call)
      } catch (error) {
        if (!(error instanceof KafkaError && error.canRetry) || Date.now() > deadline) throw error
        await sleep(reconnectPauseMs(this.#connection, questionPauseMs))
      }
    }
  }

  async cluster(): Promise<ClusterDescription> {
    const { clusterId, controller, brokers } = await this.#question('describe the cluster', (admin) =>
      admin.describeCluster(),
    )
    return { clusterId, controllerId: controller ?? -1, brokers }
  }

  async listTopics(): Promise<readonly string[]> {
    const topics = await this.#question('list the topics', (admin) => admin.listTopics())
    return topics.toSorted()
  }

  async describeTopics(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    if (topics.length === 0) return []
    return await this.#question(`describe topic ${topics.join(', ')}`, async (admin) =>
      descriptionsOf(
        await askForTopics(await rawBrokerOf(admin), [...new Set(topics)]),
        topics,
        this.#connection,
      ),
    )
  }

  async topicConfigs(topics: readonly string[]): Promise<ReadonlyMap<string, readonly ConfigEntry[]>> {
    if (topics.length === 0) return new Map()
    const { resources } = await this.#question(
      `read the configuration of topic ${topics.join(', ')}`,
      (admin) =>
        admin.describeConfigs({
          includeSynonyms: false,
          resources: topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
        }),
    )
    return new Map(
      resources.map((resource) => [resource.resourceName, resource.configEntries.map(configEntryOf)]),
    )
  }

  async watermarks(topic: string): Promise<readonly Watermarks[]> {
    // kafkajs would ask for an unknown topic again and again.
    await this.describeTopics([topic])
    const offsets = await this.#question(`read the offsets of topic ${topic}`, (admin) =>
      admin.fetchTopicOffsets(topic),
    )
    return offsets
      .map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }))
      .toSorted(byPartition)
  }

  async logs(topic: string): Promise<readonly PartitionLog[]> {
    // The id first: should the topic be made anew in between, the old id belongs to no log.
    const [description] = await this.describeTopics([topic])
    const watermarks = await this.watermarks(topic)
    return watermarks.map((one) => ({ ...one, topic, topicId: description?.topicId }))
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>> {
    await this.describeTopics([topic])
    const offsets = await this.#question(`read the offsets of topic ${topic} at a time`, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, timestampMs),
    )
    return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]))
  }

  async committedOffsets(group: string, topic: string): Promise<readonly CommittedOffset[]> {
    await this.describeTopics([topic])
    const doing = `read the offsets of group ${group} for topic ${topic}`
    const [found] = await this.#question(doing, (admin) =>
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    )
    return (found?.partitions ?? [])
      .map(({ partition, offset }) => ({ partition, offset: committedOffsetOf(offset) }))
      .toSorted(byPartition)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const client = this.#client
    this.#client = undefined
    await client?.then((admin) => admin.disconnect()).catch(() => undefined)
  }
}

/** −1 is "nothing committed" (OffsetFetch); an error of the partition has already been thrown (K16). */
function committedOffsetOf(offset: string): bigint | undefined {
  const value = BigInt(offset)
  return value < 0n ? undefined : value
}

type KafkaConfigEntry = DescribeConfigResponse['resources'][number]['configEntries'][number]

function configEntryOf({
  configName,
  configValue,
  configSource,
  isSensitive,
  readOnly,
}: KafkaConfigEntry): ConfigEntry {
  return {
    name: configName,
    value: isSensitive ? null : configValue,
    source: sourceOf[configSource] ?? 'other',
    sensitive: isSensitive,
    readOnly,
  }
}

const byPartition = (a: { partition: number }, b: { partition: number }): number => a.partition - b.partition
