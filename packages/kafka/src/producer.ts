/**
 * The producer over kafkajs. Owns one idempotent kafkajs producer at a time.
 * Rule (K2): after a rejected send its sequence numbers are wrong. Every send under way settles, then a new producer is
 * made, before another byte is sent. Rule (K1): one send per topic-partition, the partition set by us.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { type Producer } from 'kafkajs'
import { openReadOnlyAdmin } from './admin.ts'
import { type KafkaConnection } from './connection.ts'
import { KafkaError, kafkaErrorOf } from './errors.ts'
import { defaultRequestTimeoutMs, reconnectPauseMs } from './kafka-client.ts'
import { connectedProducer, requestOf, sendTransaction } from './kafkajs-producer.ts'
import { type ReadOnlyAdmin } from './read-only-admin.ts'
import { type OutgoingBatch, type ProducerOptions, type RecordProducer } from './record-producer.ts'

export type { OutgoingBatch, OutgoingRecord, ProducerOptions, RecordProducer } from './record-producer.ts'

/**
 * A producer that has sent and is refused its login or its right may be so for a moment: keys that rotate, a policy that spreads. It
 * is for good after this long.
 */
const refusalPatienceMs = 15_000

/** How long closing waits for batches under way. */
const closePatienceMs = 5_000

/**
 * An idempotent producer (acks from all in-sync replicas) whose login is proved.
 * With a `transactionalId` every batch is a transaction of its own.
 * @throws {KafkaError} when the cluster is not reachable or refuses the login.
 */
export async function openProducer(
  connection: KafkaConnection,
  options: ProducerOptions = {},
): Promise<RecordProducer> {
  const admin = await openReadOnlyAdmin(connection)
  const producer = new KafkaRecordProducer(connection, options, admin)
  try {
    await producer.connect()
    return producer
  } catch (error) {
    await producer[Symbol.asyncDispose]()
    throw kafkaErrorOf(error, 'open a producer', connection)
  }
}

/** One kafkajs producer and what it has under way; left for good at its first rejected send. */
type Session = { readonly client: Promise<Producer>; readonly underWay: Set<Promise<unknown>> }

class KafkaRecordProducer implements RecordProducer {
  readonly #connection: KafkaConnection
  readonly #options: ProducerOptions
  readonly #admin: ReadOnlyAdmin
  readonly #partitionCounts = new Map<string, number>()
  /** The last batch of each partition: the next one waits for it. */
  readonly #lanes = new Map<string, Promise<unknown>>()
  #session: Session | undefined
  #retired: Session | undefined
  #hasSent = false
  #refusedSince: number | undefined
  #isClosed = false

  constructor(connection: KafkaConnection, options: ProducerOptions, admin: ReadOnlyAdmin) {
    this.#connection = connection
    this.#options = options
    this.#admin = admin
  }

  async connect(): Promise<void> {
    await this.#currentSession().client
  }

  async partitionCount(topic: string): Promise<number> {
    const [description] = await this.#admin.describeTopics([topic])
    const count = description?.partitions.length ?? 0
    this.#partitionCounts.set(topic, count)
    return count
  }

  send(batch: OutgoingBatch): Promise<{ readonly baseOffset: bigint }> {
    const { topic, partition } = batch
    const doing = `send to topic ${topic}, partition ${partition}`
    // One at a time: a batch behind a rejected one would go out with a sequence number that is taken (K2). A
    // transactional producer has one transaction at a time.
    const lane = this.#options.transactionalId ?? `${topic}/${partition}`
    const before = this.#lanes.get(lane)
    const sending =
      before === undefined
        ? this.#send(batch, doing)
        : before.then(
            () => this.#send(batch, doing),
            (error: unknown) => {
              throw behindRejected(doing, error)
            },
          )
    const tail = sending.finally(() => {
      if (this.#lanes.get(lane) === tail) this.#lanes.delete(lane)
    })
    this.#lanes.set(lane, tail)
    return tail
  }

  async #send(batch: OutgoingBatch, doing: string): Promise<{ readonly baseOffset: bigint }> {
    await this.#checkPartition(batch, doing)
    for (;;) {
      if (this.#isClosed) throw new KafkaError('CLOSED', `could not ${doing}: the producer is closed`)
      const session = this.#currentSession()
      try {
        const client = await session.client
        // Another partition's batch was rejected meanwhile: not a byte more through this one (K2).
        if (session !== this.#session) continue
        const sending = this.#sendWith(client, batch)
        session.underWay.add(sending)
        try {
          const answer = await sending
          this.#hasSent = true
          this.#refusedSince = undefined
          return answer
        } finally {
          session.underWay.delete(sending)
        }
      } catch (error) {
        this.#retire(session)
        throw this.#patiently(kafkaErrorOf(error, doing, this.#connection))
      }
    }
  }

  /** The same error; one that may pass by itself can be retried. */
  #patiently(error: KafkaError): KafkaError {
    const isRefusal = error.code === 'AUTHENTICATION_FAILED' || error.code === 'AUTHORIZATION_FAILED'
    if (!isRefusal || !this.#hasSent) return error
    this.#refusedSince ??= Date.now()
    const isForGood = Date.now() - this.#refusedSince > refusalPatienceMs
    return isForGood ? error : new KafkaError(error.code, error.message, { cause: error, canRetry: true })
  }

  async #checkPartition({ topic, partition }: OutgoingBatch, doing: string): Promise<void> {
    const known = this.#partitionCounts.get(topic) ?? 0
    if (partition < known) return
    const count = await this.partitionCount(topic)
    if (partition < count) return
    throw new KafkaError(
      'INVALID_REQUEST',
      `could not ${doing}: the topic has ${count} partitions, numbered from 0`,
    )
  }

  async #sendWith(client: Producer, batch: OutgoingBatch): Promise<{ readonly baseOffset: bigint }> {
    const request = requestOf(batch, this.#options.compression ?? 'none', this.#requestTimeoutMs())
    const [answer] =
      this.#options.transactionalId === undefined
        ? await client.send(request)
        : await sendTransaction(await client.transaction(), request)
    // kafkajs resolves with no answer when it found no partition to send to: then nothing is in the log.
    if (answer?.baseOffset === undefined) {
      const { topic, partition } = batch
      const why = 'no broker answered for it; try again, and look at the brokers if it stays'
      throw new KafkaError(
        'UNREACHABLE',
        `could not send to topic ${topic}, partition ${partition}: ${why}`,
        {
          canRetry: true,
        },
      )
    }
    return { baseOffset: BigInt(answer.baseOffset) }
  }

  #currentSession(): Session {
    this.#session ??= { client: this.#newClient(this.#retired), underWay: new Set() }
    return this.#session
  }

  #retire(session: Session): void {
    if (this.#session !== session) return
    this.#session = undefined
    this.#retired = session
  }

  /** A new client is made only when everything that the one before sent has settled, and that one is gone. */
  async #newClient(before: Session | undefined): Promise<Producer> {
    if (before !== undefined) {
      await close(before)
      await sleep(reconnectPauseMs(this.#connection, 0))
    }
    return await connectedProducer(this.#connection, {
      requestTimeoutMs: this.#requestTimeoutMs(),
      transactionalId: this.#options.transactionalId,
    })
  }

  #requestTimeoutMs(): number {
    return this.#options.requestTimeoutMs ?? this.#connection.requestTimeoutMs ?? defaultRequestTimeoutMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#admin[Symbol.asyncDispose]()
    const sessions = [this.#retired, this.#session].filter((session) => session !== undefined)
    await Promise.race([Promise.all(sessions.map(close)), sleep(closePatienceMs, undefined, { ref: false })])
  }
}

async function close(session: Session): Promise<void> {
  await Promise.allSettled(session.underWay)
  try {
    const client = await session.client
    await client.disconnect()
  } catch {
    // It never connected, or its connections are gone already.
  }
}

function behindRejected(doing: string, cause: unknown): KafkaError {
  return new KafkaError(
    'CLOSED',
    `could not ${doing}: the batch before it was rejected; send both again, in order`,
    {
      cause,
      canRetry: true,
    },
  )
}
