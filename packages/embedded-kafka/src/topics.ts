/** The topics of the cluster and their partitions: who leads them, where their records are, what was configured. */

import { randomBytes } from 'node:crypto'
import { type Brokers } from './brokers.ts'
import { type Clock } from './clock.ts'
import { RequestRefused } from './error-codes.ts'
import { type LogMemory } from './log/log-memory.ts'
import { PartitionLog } from './log/partition-log.ts'
import { placeReplicas } from './placement.ts'
import { type TopicConfigs } from './topic-configs.ts'
import { collidingName, topicNameProblem } from './topic-names.ts'

export type Partition = {
  readonly topic: string
  readonly index: number
  readonly replicas: readonly number[]
  /** −1: none. */
  leader: number
  leaderEpoch: number
  readonly log: PartitionLog
}

export type Topic = {
  readonly name: string
  /** As Java writes it: base64url, 22 characters. */
  readonly id: string
  readonly configs: TopicConfigs
  readonly partitions: Partition[]
}

export type NewTopic = {
  readonly name: string
  /** Replicas of each partition, the leader first. */
  readonly assignments: readonly (readonly number[])[]
  readonly configs: TopicConfigs
}

export class Topics {
  readonly #byName = new Map<string, Topic>()
  readonly #byId = new Map<string, Topic>()
  readonly #clock: Clock
  readonly #memory: LogMemory
  readonly #brokers: Brokers
  #created = 0

  constructor(brokers: Brokers, clock: Clock, memory: LogMemory) {
    this.#brokers = brokers
    this.#clock = clock
    this.#memory = memory
  }

  all(): readonly Topic[] {
    return [...this.#byName.values()]
  }

  find(name: string): Topic | undefined {
    return this.#byName.get(name)
  }

  findById(id: string): Topic | undefined {
    return this.#byId.get(id)
  }

  partition(name: string, index: number): Partition | undefined {
    return this.#byName.get(name)?.partitions[index]
  }

  /** @throws RequestRefused INVALID_TOPIC_EXCEPTION or TOPIC_ALREADY_EXISTS */
  checkName(name: string): void {
    const problem = topicNameProblem(name)
    if (problem !== undefined)
      throw new RequestRefused('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${problem}`)
    if (this.#byName.has(name))
      throw new RequestRefused('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
    const other = collidingName(name, this.#byName.keys())
    if (other !== undefined)
      throw new RequestRefused(
        'INVALID_TOPIC_EXCEPTION',
        `Topic '${name}' collides with existing topic: ${other}`,
      )
  }

  /** Where the partitions of a new topic go. @throws RequestRefused INVALID_REPLICATION_FACTOR */
  place(partitions: number, replicationFactor: number): readonly (readonly number[])[] {
    return placeReplicas(this.#brokers.aliveIds(), partitions, replicationFactor, this.#created)
  }

  /** The name must have been checked. */
  create({ name, assignments, configs }: NewTopic): Topic {
    const topic: Topic = { name, id: randomBytes(16).toString('base64url'), configs, partitions: [] }
    for (const replicas of assignments) this.addPartition(topic, replicas)
    this.#byName.set(name, topic)
    this.#byId.set(topic.id, topic)
    this.#created += 1
    return topic
  }

  addPartition(topic: Topic, replicas: readonly number[]): void {
    const index = topic.partitions.length
    const leader = replicas.find((id) => this.#brokers.isAlive(id)) ?? -1
    const log = new PartitionLog(`${topic.name}-${index}`, topic.configs, this.#clock, this.#memory)
    topic.partitions.push({ topic: topic.name, index, replicas, leader, leaderEpoch: 0, log })
  }

  delete(topic: Topic): void {
    this.#byName.delete(topic.name)
    this.#byId.delete(topic.id)
    for (const { log } of topic.partitions) log.close()
  }

  /** Gives partitions of a broker that went away to another replica, and leaderless ones to one that came back. */
  elect(): void {
    for (const { partitions } of this.#byName.values())
      for (const partition of partitions) {
        if (this.#brokers.isAlive(partition.leader)) continue
        this.lead(partition, partition.replicas.find((id) => this.#brokers.isAlive(id)) ?? -1)
      }
  }

  /** Makes a broker the leader, with a new epoch; waiting fetches are answered. */
  lead(partition: Partition, leader: number): void {
    if (partition.leader === leader) return
    partition.leader = leader
    partition.leaderEpoch += 1
    partition.log.beginEpoch(partition.leaderEpoch)
  }
}
