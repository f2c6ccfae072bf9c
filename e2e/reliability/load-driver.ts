/**
 * Writes records while faults happen, and a ledger of what became of each of them (`LedgerEntry`, one JSON line).
 *
 * One send at a time, so that the order of sends is the order of the log. After a send that failed its records are
 * `unknown` and the producer is replaced: an idempotent producer of kafkajs is out of step then (K2).
 */
import { appendFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
// oxlint-disable-next-line no-restricted-imports -- null values and aborted transactions are not for the apps' port
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs'
import type { LedgerEntry } from './check-producer.ts'
import { seededRandom, type Random } from './random.ts'

/** Shares are from 0 to 1. */
export type LoadMix = {
  /** Of batches: those of a transaction that is committed, or aborted. */
  readonly committed?: number
  readonly aborted?: number
  /** Of records: those without a value, and those that are not JSON. */
  readonly tombstones?: number
  readonly poison?: number
  /** Of records: JSON that reads the same if it is spelt anew, and must not be. */
  readonly odd?: number
  /** Most records in a batch. Default 5. */
  readonly batch?: number
}

export type Load = LoadMix & {
  readonly brokers: string
  /** May grow while the driver runs. */
  readonly topics: readonly string[]
  readonly partitions: number
  /** The ledger's file; lines are added. */
  readonly ledger: string
  readonly seed: number
  /** Unique among those who write to the ledger. */
  readonly sender: string
}

/** What was sent, by its kind. */
export type LoadCounts = {
  records: number
  aborted: number
  tombstones: number
  poison: number
  unknown: number
}

type Sent = { readonly entry: Omit<LedgerEntry, 'outcome' | 'offset'>; readonly isTombstone: boolean }

const notJson = ['{"a":', 'nul', '\u0000', "{'a':1}", '[1,]', '{"a":1}}', 'NaN', '\ufeff{}', '"\\x"', '']

/** JSON whose spelling matters; `id` makes it unique. */
const oddJson: readonly ((id: string) => string)[] = [
  (id) => `{"id":"${id}","one":1.0,"hundred":1e2,"big":12345678901234567890,"small":1E-7}`,
  (id) => String.raw`{"id":"${id}","text":"\u00e4\/\ud83d\ude00\u0000"}`,
  (id) => ` {"id": "${id}" , "id": null}`,
  (id) => `{\r\n  "id": "${id}",\r\n\t"numbers": [ 1.50, -0, 0.0 ]\r\n}\r\n`,
  (id) => `"${id}"`,
]

export class LoadDriver implements AsyncDisposable {
  readonly counts: LoadCounts = { records: 0, aborted: 0, tombstones: 0, poison: 0, unknown: 0 }
  readonly #load: Load
  readonly #kafka: Kafka
  readonly #random: Random
  #plain: Producer | undefined
  #transactional: Producer | undefined
  #seq = 0
  #stopped = new AbortController()
  #flowing: Promise<void> = Promise.resolve()

  constructor(load: Load) {
    this.#load = load
    this.#random = seededRandom(load.seed)
    this.#kafka = new Kafka({
      clientId: load.sender,
      brokers: load.brokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 50, retries: 10 },
    })
  }

  /** Sends until `stop`, about so many batches a second. */
  start(batchesPerSecond: number): void {
    this.#stopped = new AbortController()
    this.#flowing = this.#flow(1_000 / batchesPerSecond)
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#flowing
  }

  /** Sends so many batches to partitions that are drawn. */
  async send(batches: number): Promise<void> {
    for (let i = 0; i < batches; i++) {
      const topic = this.#random.pick(this.#load.topics)
      // oxlint-disable-next-line no-await-in-loop -- one send at a time
      await this.#step(topic, this.#random.integer(0, this.#load.partitions - 1))
    }
  }

  /** Sends one batch of so many records to each partition of a topic. */
  async fill(topic: string, records: number, partitions = this.#load.partitions): Promise<void> {
    for (let partition = 0; partition < partitions; partition++) {
      // oxlint-disable-next-line no-await-in-loop -- one send at a time
      await this.#sendPlain(topic, partition, records)
    }
  }

  /** Sends so many records in a transaction that is aborted. */
  async abort(topic: string, partition: number, records: number): Promise<void> {
    await this.#sendTransaction(topic, partition, records, false)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#plain?.disconnect()
    await this.#transactional?.disconnect()
  }

  async #flow(pauseMs: number): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop
      await this.send(1)
      // oxlint-disable-next-line no-await-in-loop
      await sleep(2 * pauseMs * this.#random())
    }
  }

  async #step(topic: string, partition: number): Promise<void> {
    const { committed = 0, aborted = 0, batch = 5 } = this.#load
    const drawn = this.#random()
    const count = this.#random.integer(1, batch)
    if (drawn >= committed + aborted) await this.#sendPlain(topic, partition, count)
    else await this.#sendTransaction(topic, partition, count, drawn < committed)
  }

  async #sendPlain(topic: string, partition: number, count: number): Promise<void> {
    const { messages, sent } = this.#batch(topic, partition, count)
    try {
      this.#plain ??= await connected(this.#kafka.producer({ idempotent: true, maxInFlightRequests: 1 }))
      const [answer] = await this.#plain.send({ topic, messages, acks: -1 })
      this.#note(sent, 'ok', answer?.baseOffset)
    } catch {
      this.#note(sent, 'unknown')
      const broken = this.#plain
      this.#plain = undefined
      await broken?.disconnect().catch(() => undefined)
    }
  }

  async #sendTransaction(topic: string, partition: number, count: number, commits: boolean): Promise<void> {
    const { messages, sent } = this.#batch(topic, partition, count)
    try {
      const options = { idempotent: true, maxInFlightRequests: 1, transactionalId: this.#load.sender }
      this.#transactional ??= await connected(this.#kafka.producer(options))
      const transaction = await this.#transactional.transaction()
      const [answer] = await transaction.send({ topic, messages, acks: -1 })
      if (commits) await transaction.commit()
      else await transaction.abort()
      this.#note(sent, commits ? 'ok' : 'failed', commits ? answer?.baseOffset : undefined)
    } catch {
      this.#note(sent, 'unknown')
      const broken = this.#transactional
      this.#transactional = undefined
      await broken?.disconnect().catch(() => undefined)
    }
  }

  #batch(topic: string, partition: number, count: number): { messages: Message[]; sent: Sent[] } {
    const all = Array.from({ length: count }, () => this.#record(topic, partition))
    return { messages: all.map(({ message }) => message), sent: all.map(({ sent }) => sent) }
  }

  #record(topic: string, partition: number): { readonly message: Message; readonly sent: Sent } {
    const seq = ++this.#seq
    const { sender } = this.#load
    const key = this.#random.chance(0.05) ? null : `k${this.#random.integer(0, 20)}`
    const text = this.#value(`${sender}/${seq}`)
    const sha256 = createHash('sha256')
      .update(text ?? '')
      .digest('hex')
    return {
      message: { partition, key, value: text, headers: { seq: String(seq), sender } },
      sent: { isTombstone: text === null, entry: { topic, partition, key, seq, sender, sha256 } },
    }
  }

  #value(id: string): string | null {
    const { tombstones = 0, poison = 0, odd = 0 } = this.#load
    const drawn = this.#random()
    if (drawn < tombstones) {
      this.counts.tombstones++
      return null
    }
    if (drawn < tombstones + poison) {
      this.counts.poison++
      return `${this.#random.pick(notJson)}\u00a0${id}`
    }
    if (drawn < tombstones + poison + odd) return this.#random.pick(oddJson)(id)
    return JSON.stringify({ id, text: 'ä'.repeat(this.#random.integer(0, 60)) })
  }

  /** Null values are not unique, which the ledger's readers rely on: they are left out. */
  #note(sent: readonly Sent[], outcome: LedgerEntry['outcome'], baseOffset?: string): void {
    if (outcome === 'ok') this.counts.records += sent.length
    if (outcome === 'failed') this.counts.aborted += sent.length
    if (outcome === 'unknown') this.counts.unknown += sent.length
    const lines = sent.flatMap(({ entry, isTombstone }, i) => {
      if (isTombstone) return []
      // A retry that the broker had already is acknowledged without its place.
      const offset =
        baseOffset === undefined || baseOffset === '-1'
          ? {}
          : { offset: String(BigInt(baseOffset) + BigInt(i)) }
      return [`${JSON.stringify({ ...entry, outcome, ...offset })}\n`]
    })
    if (lines.length > 0) appendFileSync(this.#load.ledger, lines.join(''))
  }
}

async function connected(producer: Producer): Promise<Producer> {
  await producer.connect()
  return producer
}
