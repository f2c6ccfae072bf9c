/**
 * The contract suite: the same cases against the embedded broker (`embedded.test.ts`) and Apache Kafka
 * (`apache.stack.test.ts`). A case talks raw requests, so that codes, messages and limits can be compared exactly.
 */

import { randomBytes } from 'node:crypto'
import { createTopics } from '../api/create-topics.ts'
import { findCoordinator } from '../api/find-coordinator.ts'
import { listOffsets } from '../api/list-offsets.ts'
import { metadata } from '../api/metadata.ts'
import { WireClient } from '../testing/wire-client.ts'

export type User = { readonly username: string; readonly password: string }

/** A port with PLAIN and SCRAM, and two who may come in. */
export type LoginPort = { readonly servers: string; readonly users: readonly [User, User] }

export type Brokers = { readonly bootstrapServers: string; readonly logins: LoginPort }

/** What a case gets: connections that are closed after it, names that nobody else has. */
export class Kafka implements AsyncDisposable {
  readonly bootstrapServers: string
  readonly logins: LoginPort
  readonly #open = new AsyncDisposableStack()

  constructor({ bootstrapServers, logins }: Brokers) {
    this.bootstrapServers = bootstrapServers
    this.logins = logins
  }

  unique(prefix: string): string {
    return `${prefix}-${randomBytes(5).toString('hex')}`
  }

  /** A new connection. */
  async client(clientId?: string): Promise<WireClient> {
    return this.#open.use(await WireClient.open(this.bootstrapServers, clientId))
  }

  /** A new connection to the port that asks for a login. */
  async stranger(): Promise<WireClient> {
    return this.#open.use(await WireClient.open(this.logins.servers))
  }

  /** A new topic, known to the broker when this returns. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = this.unique('contract')
    await this.createTopic(name, partitions, configs)
    return name
  }

  /** The same under a given name. */
  async createTopic(
    name: string,
    partitions = 1,
    configs: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await using client = await WireClient.open(this.bootstrapServers)
    const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
    const wish = { name, numPartitions: partitions, replicationFactor: 1, configs: entries }
    const created = await client.call(createTopics, { topics: [wish] })
    const problem = created.topics.find(({ errorCode }) => errorCode !== 0)
    if (problem !== undefined) throw new Error(`the topic ${name} was not created: ${problem.errorMessage}`)
    await this.#untilKnown(client, name)
  }

  async topicId(name: string): Promise<string> {
    await using client = await WireClient.open(this.bootstrapServers)
    const answer = await client.call(metadata, { topics: [{ name }], allowAutoTopicCreation: false })
    return answer.topics[0]?.topicId ?? ''
  }

  /** In metadata, and led: Apache Kafka takes a moment until the leader knows that it leads. */
  async #untilKnown(client: WireClient, name: string): Promise<void> {
    for (;;) {
      const answer = await client.call(metadata, { topics: [{ name }], allowAutoTopicCreation: false })
      const [topic] = answer.topics
      if (topic === undefined || topic.errorCode !== 0) continue
      const wishes = topic.partitions.map(({ partitionIndex }) => ({ partitionIndex, timestamp: -1n }))
      const { topics } = await client.call(listOffsets, { topics: [{ name, partitions: wishes }] })
      if (topics[0]?.partitions.every(({ errorCode }) => errorCode === 0) === true) return
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync()
  }
}

/** What holds for both brokers; fails by throwing, as `expect` does. */
export type ContractCase = (kafka: Kafka) => Promise<void>

/** Declares one case: `it('a sentence about behaviour', async (kafka) => { … })`. */
export type It = (sentence: string, run: ContractCase) => void
export type DeclareCases = (it: It) => void

/** Title and case, as `test.for` takes them. */
export function collectCases(
  area: string,
  declare: DeclareCases,
): readonly (readonly [string, ContractCase])[] {
  const cases: (readonly [string, ContractCase])[] = []
  declare((sentence, run) => cases.push([`${area}: ${sentence}`, run]))
  return cases
}

export async function expectCase(run: ContractCase, brokers: Brokers): Promise<void> {
  await using kafka = new Kafka(brokers)
  await run(kafka)
}

/** Resolves when groups and transactions have their coordinators. */
export async function untilCoordinated(bootstrapServers: string): Promise<void> {
  await using client = await WireClient.open(bootstrapServers)
  for (const keyType of [0, 1])
    for (;;) {
      const { coordinators } = await client.call(findCoordinator, { coordinatorKeys: ['any'], keyType })
      if (coordinators[0]?.errorCode === 0) break
    }
}
