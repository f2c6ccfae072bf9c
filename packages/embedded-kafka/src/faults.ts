/**
 * Everything that can be made to go wrong. Each fault is counted, so that a test can assert that it really happened.
 *
 *     const fault = kafka.faults.on('Produce', { kind: 'answer', code: 'NOT_LEADER_OR_FOLLOWER' }, { times: 2 })
 *     …
 *     expect(fault.count).toBe(2)
 */

import { type Cluster } from './cluster.ts'
import { type CoordinatorKind } from './coordinators.ts'
import { type ApiName, type Fault, type FaultAction, type FaultFilter } from './fault-rules.ts'
import { type Partition } from './topics.ts'

export type { ApiName, Fault, FaultAction, FaultFilter } from './fault-rules.ts'

/** Switches the sockets of a broker. */
export type BrokerPower = {
  stop(brokerId: number): Promise<void>
  start(brokerId: number): Promise<void>
  /** Ends its connections; it goes on listening. */
  dropConnections(brokerId: number): void
}

export class Faults {
  readonly #cluster: Cluster
  readonly #power: BrokerPower
  readonly #counts = new Map<string, number>()

  constructor(cluster: Cluster, power: BrokerPower) {
    this.#cluster = cluster
    this.#power = power
  }

  /** How often each of the methods below was carried out, by its name. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Orders a fault for requests of an API. Faults for the same request happen in the order of the orders. */
  on<N extends ApiName>(api: N, action: FaultAction, filter: FaultFilter<N> = {}): Fault {
    return this.#cluster.faultRules.add(api, action, filter)
  }

  /** Takes back all that was ordered; what is held goes on. */
  clear(): void {
    this.#cluster.faultRules.clear()
  }

  /** Another broker leads the partition, with the next epoch. @throws Error when there is no such partition or broker */
  moveLeader(topic: string, partition: number, brokerId: number): void {
    this.#checkBroker(brokerId)
    this.#cluster.topics.lead(this.#partition(topic, partition), brokerId)
    this.#count('moveLeader')
  }

  /** Another broker coordinates the group or transactional id. */
  moveCoordinator(kind: CoordinatorKind, key: string, brokerId: number): void {
    this.#checkBroker(brokerId)
    this.#cluster.coordinators.move(kind, key, brokerId)
    this.#count('moveCoordinator')
  }

  /** The broker is gone: connections too. Its partitions are led by other replicas, or by nobody. */
  async stopBroker(brokerId: number): Promise<void> {
    this.#setAlive(brokerId, false)
    await this.#power.stop(brokerId)
    this.#count('stopBroker')
  }

  /** It is back, under the same address. */
  async startBroker(brokerId: number): Promise<void> {
    await this.#power.start(brokerId)
    this.#setAlive(brokerId, true)
    this.#count('startBroker')
  }

  /** All connections to the broker end. */
  dropConnections(brokerId: number): void {
    this.#power.dropConnections(brokerId)
    this.#count('dropConnections')
  }

  /** The sessions of the group's members end, as if their heartbeats had stopped. */
  expireSessions(groupId: string): void {
    const group = this.#cluster.groups.find(groupId)
    if (group === undefined) throw new Error(`there is no group ${groupId} whose sessions could end`)
    for (const { id } of group.members.all()) group.expire(id)
    this.#count('expireSessions')
  }

  /** Records from the offset on are lost, as after an unclean election: the leader's epoch grows. */
  truncate(topic: string, partition: number, offset: bigint): void {
    const found = this.#partition(topic, partition)
    found.log.truncateTo(offset)
    found.leaderEpoch += 1
    found.log.beginEpoch(found.leaderEpoch)
    this.#count('truncate')
  }

  /** The topic is deleted and created again: same name, same settings, another id, no records. */
  recreateTopic(name: string): void {
    const topic = this.#cluster.topics.find(name)
    if (topic === undefined) throw new Error(`there is no topic ${name} that could be created again`)
    const assignments = topic.partitions.map(({ replicas }) => replicas)
    this.#cluster.deleteTopic(topic)
    this.#cluster.topics.create({ name, assignments, configs: topic.configs })
    this.#count('recreateTopic')
  }

  #count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  #setAlive(brokerId: number, isAlive: boolean): void {
    const broker = this.#cluster.brokers.find(brokerId)
    if (broker === undefined) throw new Error(`there is no broker ${brokerId}`)
    broker.isAlive = isAlive
    this.#cluster.topics.elect()
  }

  #checkBroker(brokerId: number): void {
    if (this.#cluster.brokers.find(brokerId) === undefined) throw new Error(`there is no broker ${brokerId}`)
  }

  #partition(topic: string, index: number): Partition {
    const partition = this.#cluster.topics.partition(topic, index)
    if (partition === undefined) throw new Error(`there is no partition ${topic}-${index}`)
    return partition
  }
}
