/**
 * The consumer: supervises sessions. kafkajs gives up for good when one login is refused (K4), stays up doing nothing
 * after a programming error (K10), and else restarts for ever: so it never restarts here. A session that the cluster
 * ended is replaced a few times with growing pauses, then its error ends `run`. A handler's error ends it at once.
 */

import { openReadOnlyAdmin } from './admin.ts'
import { type KafkaConnection } from './connection.ts'
import { ConsumerSession } from './consumer-session.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { type ReadOnlyAdmin } from './read-only-admin.ts'
import {
  type ConsumerHandlers,
  type ConsumerOptions,
  type RecordConsumer,
  type TopicPartition,
  type TopicPartitionOffset,
} from './record-consumer.ts'

export type * from './record-consumer.ts'

/** Pauses before the next session: with kafkajs's own retries a cluster may be away for some minutes. */
const restartPausesMs = [1_000, 2_000, 4_000, 8_000, 16_000]
/** A refused login or right is tried again in case it was the broker's hiccup; a wrong one stays wrong. */
const loginPausesMs = restartPausesMs.slice(0, 3)
/** A session that ran this long was healthy: the pauses begin anew. kafkajs's own retries are shorter. */
const healthyAfterMs = 60_000
/** A refusal is not retried by kafkajs: a session that ran longer than all pauses together was taken before. */
const healthyAfterRefusalMs = 10_000

/**
 * A group consumer whose login is proved and whose topics exist; it joins the group at `run`. Reads committed records
 * only; a partition without a committed offset starts at its earliest record (K9).
 * @throws {KafkaError} when the cluster is not reachable or refuses the login, or a topic is unknown.
 */
export async function openConsumer(
  connection: KafkaConnection,
  options: ConsumerOptions,
): Promise<RecordConsumer> {
  const admin = await openReadOnlyAdmin(connection)
  try {
    await admin.describeTopics(options.topics)
    return new SupervisedConsumer(connection, options, admin)
  } catch (error) {
    await admin[Symbol.asyncDispose]()
    throw error
  }
}

function pausesAfter(error: KafkaError): readonly number[] {
  // The log lost what comes next. A new session asks the app where to go on: it may know, or give the partition up.
  if (error.code === 'OFFSET_OUT_OF_RANGE') return restartPausesMs.slice(0, 3)
  if (isRefusal(error)) return loginPausesMs
  return error.canRetry ? restartPausesMs : []
}

function healthyAfter(error: KafkaError): number {
  return isRefusal(error) ? healthyAfterRefusalMs : healthyAfterMs
}

function isRefusal({ code }: KafkaError): boolean {
  return code === 'AUTHENTICATION_FAILED' || code === 'AUTHORIZATION_FAILED'
}

class SupervisedConsumer implements RecordConsumer {
  readonly #connection: KafkaConnection
  readonly #options: ConsumerOptions
  readonly #admin: ReadOnlyAdmin
  readonly #stopped = new AbortController()
  #session: ConsumerSession | undefined
  #running: Promise<void> | undefined

  constructor(connection: KafkaConnection, options: ConsumerOptions, admin: ReadOnlyAdmin) {
    this.#connection = connection
    this.#options = options
    this.#admin = admin
  }

  run(handlers: ConsumerHandlers): Promise<void> {
    if (this.#running !== undefined) {
      return Promise.reject(new KafkaError('INVALID_REQUEST', 'a consumer runs once; open another one'))
    }
    this.#running = this.#run(handlers)
    return this.#running
  }

  async #run(handlers: ConsumerHandlers): Promise<void> {
    const doing = `consume ${this.#options.topics.join(', ')} as group ${this.#options.groupId}`
    let restarts = 0
    while (!this.#stopped.signal.aborted) {
      const session = new ConsumerSession(this.#connection, this.#options, this.#admin, handlers)
      this.#session = session
      const startedAt = Date.now()
      const end = await session.run()
      if (end.kind === 'stopped') return
      if (end.kind === 'failed') throw end.error
      const error = kafkaErrorOf(end.error, doing, this.#connection)
      // Keys that are rotated are refused now and then; wrong ones are never let in.
      const wasLetIn = error.code === 'AUTHENTICATION_FAILED' && session.wasAssigned
      if (wasLetIn || Date.now() - startedAt > healthyAfter(error)) restarts = 0
      const pauseMs = pausesAfter(error)[restarts++]
      if (pauseMs === undefined) throw error
      this.#connection.log?.warn(
        { err: error, pauseMs, group: this.#options.groupId },
        'the consumer was cut off from the cluster and starts again',
      )
      await this.#pause(pauseMs)
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#stopped.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#stopped.signal.addEventListener('abort', done)
    })
  }

  commit(offsets: readonly TopicPartitionOffset[]): Promise<boolean> {
    return this.#session?.commit(offsets) ?? Promise.resolve(false)
  }

  seek(to: TopicPartitionOffset): void {
    this.#session?.seek(to)
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#session?.pause(partitions)
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#session?.resume(partitions)
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#session?.stop()
    await this.#running?.catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#admin[Symbol.asyncDispose]()
  }
}
