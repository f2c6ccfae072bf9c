/**
 * One kafkajs consumer from joining the group to its end. Owns the assignment of the moment.
 * Rules: `revoked` and `assigned` alternate and never overlap; a batch is delivered only when it begins at the expected
 * offset of the current assignment, so nothing is delivered twice or skipped within one (K8); positions move here only.
 * A little above 250 lines: assignment, delivery and end are one state and stay together.
 * The fetch loop of kafkajs heartbeats as long as it turns, so it is never held: a slow handler's partition is paused.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { type Consumer, type EachBatchPayload, type OffsetsByTopicPartition } from 'kafkajs'
import { type KafkaConnection } from './connection.ts'
import { kafkaErrorOf } from './errors.ts'
import {
  type FetchedFrom,
  consumerOf,
  fetchedOffsetOf,
  offsetsByTopic,
  partitionsOf,
  recordsOf,
} from './kafkajs-consumer.ts'
import { PartitionLane } from './partition-lane.ts'
import { type ReadOnlyAdmin } from './read-only-admin.ts'
import {
  type ConsumerHandlers,
  type ConsumerOptions,
  type TopicPartition,
  type TopicPartitionOffset,
} from './record-consumer.ts'
import { keyOf, startOffsets } from './start-offsets.ts'

export type SessionEnd =
  | { readonly kind: 'stopped' }
  /** A handler threw. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** kafkajs gave up. */
  | { readonly kind: 'crashed'; readonly error: unknown }

/** A fetch loop waits this long for a slow partition before it goes on without it. */
const patienceMs = 500
const defaultConcurrency = 16
/** Leaving the group can hang behind a join that is under way. */
const disconnectPatienceMs = 10_000

export class ConsumerSession {
  readonly #connection: KafkaConnection
  readonly #options: ConsumerOptions
  readonly #admin: ReadOnlyAdmin
  readonly #handlers: ConsumerHandlers
  readonly #consumer: Consumer
  readonly #ended = Promise.withResolvers<SessionEnd>()
  #started: Promise<void> = Promise.resolve()
  #generation = 0
  #lanes: ReadonlyMap<string, PartitionLane> = new Map()
  /** Handlers of lanes that are closed and may still run. */
  #leftovers = new Map<string, Promise<void>>()
  /** What the app was told it has. */
  #announced: readonly TopicPartition[] | undefined
  #wasAssigned = false
  #transition: Promise<void> = Promise.resolve()
  #ending: Promise<void> | undefined
  #isDisconnected = false
  #commitNow: ((offsets?: OffsetsByTopicPartition) => Promise<void>) | undefined

  constructor(
    connection: KafkaConnection,
    options: ConsumerOptions,
    admin: ReadOnlyAdmin,
    handlers: ConsumerHandlers,
  ) {
    this.#connection = connection
    this.#options = options
    this.#admin = admin
    this.#handlers = handlers
    this.#consumer = consumerOf(connection, options)
  }

  /** It was let in, joined the group and was told what it has. */
  get wasAssigned(): boolean {
    return this.#wasAssigned
  }

  /** Never rejects. */
  run(): Promise<SessionEnd> {
    const { events } = this.#consumer
    this.#consumer.on(events.REBALANCING, () => this.#leave())
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => this.#enter(partitionsOf(payload.memberAssignment)))
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => this.#passOver(payload))
    this.#consumer.on(events.CRASH, ({ payload }) => this.#end({ kind: 'crashed', error: payload.error }))
    this.#started = this.#start().catch((error: unknown) => this.#end({ kind: 'crashed', error }))
    return this.#ended.promise
  }

  async #start(): Promise<void> {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true })
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#options.concurrency ?? defaultConcurrency,
      eachBatch: (payload) => this.#take(payload),
    })
  }

  stop(): Promise<void> {
    this.#end({ kind: 'stopped' })
    return this.#ending ?? Promise.resolve()
  }

  async #take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const lane = this.#lanes.get(keyOf(batch))
    if (lane === undefined || lane.position === undefined || this.#ending !== undefined) return
    const { position } = lane
    if (position !== fetchedOffsetOf(batch)) {
      // Fetched for an earlier position: dropped, and fetched again from where we are.
      this.#consumer.seek({ ...at(lane), offset: String(position) })
      return
    }
    const lastOffset = BigInt(batch.lastOffset())
    const records = recordsOf(batch)
    const firstOffset = records.record?.offset ?? lastOffset
    lane.position = lastOffset + 1n
    payload.resolveOffset(batch.lastOffset())
    // The first batch's function serves the whole session: each keeps its batch alive, and records that outlive their
    // handler cost the engine as much again as decoding them.
    this.#commitNow ??= (offsets) => payload.commitOffsetsIfNecessary(offsets)
    lane.push(async () => {
      if (firstOffset > position) await this.#handlers.skipped?.({ ...at(lane), nextOffset: firstOffset })
      await this.#handlers.batch({
        ...at(lane),
        records,
        firstOffset,
        lastOffset,
        highWatermark: BigInt(batch.highWatermark),
      })
    })
    await lane.waitForRoom(patienceMs)
  }

  /** Control and aborted records never reach `eachBatch`: a batch of nothing else moves the position here (K12). */
  #passOver(
    payload: TopicPartition & Partial<FetchedFrom> & { batchSize: number; lastOffset: string },
  ): void {
    if (payload.batchSize > 0 || payload.fetchedOffset === undefined) return
    const lane = this.#lanes.get(keyOf(payload))
    if (lane === undefined || lane.position !== BigInt(payload.fetchedOffset)) return
    const nextOffset = BigInt(payload.lastOffset) + 1n
    lane.position = nextOffset
    lane.push(async () => this.#handlers.skipped?.({ ...at(lane), nextOffset }))
  }

  /** Everything that was assigned is gone. */
  #leave(): void {
    this.#closeLanes()
    this.#then(() => this.#revoke())
  }

  /** Runs before kafkajs fetches anything of the new assignment: nothing is fetched until the starts are known. */
  #enter(partitions: readonly TopicPartition[]): void {
    this.#closeLanes()
    if (this.#ending !== undefined) return
    const generation = this.#generation
    const lanes = new Map(partitions.map((partition) => [keyOf(partition), this.#laneOf(partition)]))
    this.#lanes = lanes
    for (const lane of lanes.values()) lane.hold('start')
    this.#then(async () => {
      await this.#revoke()
      if (generation !== this.#generation) return
      this.#announced = partitions
      this.#wasAssigned = true
      const chosen = (await this.#handlers.assigned(partitions)) ?? new Map<string, bigint>()
      const starts = await startOffsets(this.#admin, this.#options.groupId, partitions, chosen)
      if (generation !== this.#generation) return
      for (const [key, lane] of lanes) {
        lane.position = starts.get(key)
        this.#consumer.seek({ ...at(lane), offset: String(lane.position) })
        lane.release('start')
      }
    })
  }

  #laneOf({ topic, partition }: TopicPartition): PartitionLane {
    const target = [{ topic, partitions: [partition] }]
    return new PartitionLane(
      { topic, partition },
      {
        before: this.#leftovers.get(keyOf({ topic, partition })) ?? Promise.resolve(),
        setFetching: (isFetching) =>
          isFetching ? this.#consumer.resume(target) : this.#consumer.pause(target),
        onFailure: (error) => this.#end({ kind: 'failed', error }),
      },
    )
  }

  #closeLanes(): void {
    this.#generation += 1
    for (const [key, lane] of this.#lanes) {
      lane.close()
      this.#leftovers.set(key, lane.settled)
    }
    this.#lanes = new Map()
  }

  async #revoke(): Promise<void> {
    const announced = this.#announced
    this.#announced = undefined
    if (announced !== undefined) await this.#handlers.revoked(announced)
  }

  /** One after the other; an error ends the session. */
  #then(step: () => Promise<void>): void {
    this.#transition = this.#transition.then(step).catch((error: unknown) => {
      this.#end({ kind: 'failed', error })
    })
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<boolean> {
    const generation = this.#generation
    const owned = offsets.filter((offset) => this.#lanes.has(keyOf(offset)))
    const commitNow = this.#commitNow
    if (owned.length === 0 || commitNow === undefined || this.#isDisconnected) return false
    try {
      await commitNow(offsetsByTopic(owned))
      return owned.length === offsets.length && generation === this.#generation
    } catch (error) {
      const known = kafkaErrorOf(error, `commit offsets of group ${this.#options.groupId}`, this.#connection)
      if (known.canRetry) return false
      throw known
    }
  }

  /** The lane is replaced by a new one, which waits for what the old one still has in the handler. */
  seek({ topic, partition, offset }: TopicPartitionOffset): void {
    const key = keyOf({ topic, partition })
    const before = this.#lanes.get(key)
    if (before === undefined || this.#ending !== undefined) return
    before.close()
    this.#leftovers.set(key, before.settled)
    const lane = this.#laneOf({ topic, partition })
    lane.position = offset
    this.#lanes = new Map(this.#lanes).set(key, lane)
    this.#consumer.seek({ topic, partition, offset: String(offset) })
    this.#consumer.resume([{ topic, partitions: [partition] }])
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#lanes.get(keyOf(partition))?.hold('app')
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#lanes.get(keyOf(partition))?.release('app')
  }

  /** The first reason counts. Handlers finish, the app is told, then the group is left. */
  #end(end: SessionEnd): void {
    this.#ending ??= this.#close(end).then((last) => this.#ended.resolve(last))
  }

  async #close(end: SessionEnd): Promise<SessionEnd> {
    // Lanes stay known, so that the app can still commit what its last handlers finished.
    for (const lane of this.#lanes.values()) lane.close()
    const running = [...this.#lanes.values()].map((lane) => lane.settled)
    await Promise.all([...running, ...this.#leftovers.values()])
    await this.#transition
    let last = end
    await this.#revoke().catch((error: unknown) => {
      if (end.kind === 'stopped') last = { kind: 'failed', error }
    })
    this.#closeLanes()
    this.#isDisconnected = true
    // kafkajs ignores a stop while it joins for the first time.
    const leaving = this.#started.then(() => this.#consumer.disconnect()).catch(() => undefined)
    await Promise.race([leaving, sleep(disconnectPatienceMs, undefined, { ref: false })])
    return last
  }
}

function at({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition }
}
