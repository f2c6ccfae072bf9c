/** A group whose members come and go by chance, while records are produced: raw members, and some of the project's own. */

import { setTimeout as pause } from 'node:timers/promises'
import { openConsumer } from '@pinpipe/kafka/consumer'
import { recordsOf } from '@pinpipe/kafka/record-cursor'
import { createTopics } from '../api/create-topics.ts'
import { describeGroups } from '../api/describe-groups.ts'
import { offsetFetch } from '../api/offset-fetch.ts'
import { batchOf } from './batches.ts'
import { offsetFor, send } from './calls.ts'
import { decodeAssignment } from './consumer-protocol.ts'
import { GroupLedger } from './group-ledger.ts'
import { type GroupFacts, GroupMember } from './group-member.ts'
import { Random } from './random.ts'
import { WireClient } from './wire-client.ts'

const partitions = 24
const recordsABatch = 5
/** Of the slots, so many are taken by members on kafkajs. */
const kafkajsSlots = 3
const times = { sessionTimeoutMs: 2_000, heartbeatIntervalMs: 100 }

export type ChurnOptions = {
  readonly seed: number
  /** Most members at a time. */
  readonly slots: number
  readonly longestLifeMs: number
}

type Slot = { leave(): void; readonly ended: Promise<void> }

export class Churn implements AsyncDisposable {
  readonly ledger = new GroupLedger(partitions)
  joins = 0
  crashes = 0
  readonly #group: GroupFacts
  readonly #options: ChurnOptions
  readonly #random: Random
  readonly #over = new AbortController()
  readonly #present = new Set<Slot>()
  #work: Promise<unknown> = Promise.resolve()
  #problem: unknown

  private constructor(bootstrapServers: string, name: string, options: ChurnOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
    this.#group = { bootstrapServers, groupId: name, topic: name, partitions, ledger: this.ledger, ...times }
  }

  /** @param name of the topic and the group */
  static async open(bootstrapServers: string, name: string, options: ChurnOptions): Promise<Churn> {
    await using client = await WireClient.open(bootstrapServers)
    await client.call(createTopics, { topics: [{ name, numPartitions: partitions, replicationFactor: 1 }] })
    for (let partition = 0; partition < partitions; partition++)
      while ((await offsetFor(client, name, -1n, { partition })).errorCode !== 0);
    const churn = new Churn(bootstrapServers, name, options)
    const work = [
      churn.#produce(),
      churn.#watch(),
      ...Array.from({ length: options.slots }, (_, slot) => churn.#comeAndGo(slot < kafkajsSlots)),
    ]
    churn.#work = Promise.all(work.map((one) => one.catch((error: unknown) => churn.#fail(error))))
    return churn
  }

  /** Nobody comes any more, everybody leaves; then one member reads what is left. */
  async settle(): Promise<void> {
    await this.#end()
    const last = new GroupMember(this.#group)
    const ended = last.live()
    while (!this.ledger.isAtEnd && this.#problem === undefined) await pause(20)
    last.leave()
    await ended
    if (this.#problem !== undefined) throw this.#problem
  }

  /** What the group committed, of all partitions. */
  async committedTotal(): Promise<number> {
    const { bootstrapServers, groupId } = this.#group
    await using client = await WireClient.open(bootstrapServers)
    const { groups } = await client.call(offsetFetch, { groups: [{ groupId, topics: null }] }, 8)
    const offsets = groups[0]?.topics.flatMap((topic) => topic.partitions) ?? []
    return offsets.reduce((sum, { committedOffset }) => sum + Number(committedOffset), 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }

  async #end(): Promise<void> {
    this.#over.abort()
    for (const slot of this.#present) slot.leave()
    await this.#work
  }

  #fail(error: unknown): void {
    this.#problem ??= error
    this.#over.abort()
  }

  /** Resolves when the time is over, or everything is. */
  async #for(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#over.signal }).catch(() => undefined)
  }

  async #comeAndGo(isKafkajs: boolean): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#for(this.#random.below(this.#options.longestLifeMs / 4))
      if (this.#over.signal.aborted) return
      const slot = isKafkajs ? await this.#openKafkajs() : this.#openRaw()
      this.joins += 1
      this.#present.add(slot)
      await this.#for(this.#random.below(this.#options.longestLifeMs))
      slot.leave()
      await slot.ended
      this.#present.delete(slot)
    }
  }

  #openRaw(): Slot {
    const member = new GroupMember(this.#group)
    const isCrash = this.#random.chance(0.05)
    if (isCrash) this.crashes += 1
    return { leave: () => member.leave(), ended: member.live(isCrash ? 'crash' : 'leave') }
  }

  async #openKafkajs(): Promise<Slot> {
    const { bootstrapServers, groupId, topic } = this.#group
    const connection = { clientId: 'churn', brokers: [bootstrapServers], tls: false as const }
    const consumer = await openConsumer(connection, {
      groupId,
      topics: [topic],
      ...times,
      rebalanceTimeoutMs: 2 * times.sessionTimeoutMs,
      maxWaitMs: 50,
    })
    const ended = consumer.run({
      assigned: () => Promise.resolve(),
      revoked: () => Promise.resolve(),
      batch: async ({ partition, records, firstOffset, lastOffset }) => {
        for (const { offset } of recordsOf(records)) this.ledger.wasConsumed(partition, offset)
        const isTaken = await consumer.commit([{ topic, partition, offset: lastOffset + 1n }])
        if (isTaken) this.ledger.wasCommitted(partition, lastOffset + 1n)
        else this.ledger.wasLost(partition, firstOffset, lastOffset + 1n)
      },
    })
    const closed = async (): Promise<void> => {
      try {
        await ended
      } finally {
        await consumer[Symbol.asyncDispose]()
      }
    }
    return { leave: () => void consumer.stop(), ended: closed() }
  }

  async #produce(): Promise<void> {
    await using client = await WireClient.open(this.#group.bootstrapServers)
    while (!this.#over.signal.aborted) {
      const partition = this.#random.below(partitions)
      const values = Array.from({ length: recordsABatch }, (_, at) => `value ${at}`)
      const answer = await send(client, this.#group.topic, batchOf(values), { partition })
      if (answer.errorCode !== 0) throw new Error(`Produce was answered with ${answer.errorCode}`)
      this.ledger.wasProduced(partition, answer.baseOffset, recordsABatch)
      await this.#for(10)
    }
  }

  /** What the coordinator itself says of a stable group: each partition once. */
  async #watch(): Promise<void> {
    const { bootstrapServers, groupId } = this.#group
    await using client = await WireClient.open(bootstrapServers)
    while (!this.#over.signal.aborted) {
      const { groups } = await client.call(describeGroups, { groups: [groupId] })
      const [group] = groups
      if (group?.groupState === 'Stable') {
        const owned = group.members.flatMap(({ memberAssignment }) => decodeAssignment(memberAssignment))
        if (owned.length !== partitions || new Set(owned).size !== partitions)
          this.ledger.violations.push(`the stable group owns ${owned.toSorted((a, b) => a - b).join(' ')}`)
      }
      await this.#for(50)
    }
  }
}
