/**
 * What one partition knows of its idempotent and transactional producers (KIP-98): the last five batches of each, to
 * tell a retry from a gap, and where the open transaction of each begins.
 *
 * Rule: `check` decides and changes nothing; `appended` and `ended` change and cannot fail.
 */

import { RequestRefused } from '../error-codes.ts'
import { type RecordBatch } from './record-batch.ts'

type AppendedBatch = {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  /** The batch's highest timestamp. */
  readonly timestamp: number
}

type Producer = {
  epoch: number
  /** Oldest first; none after a marker of a newer epoch. */
  batches: AppendedBatch[]
  transactionStart: bigint | undefined
  coordinatorEpoch: number
  lastTimestamp: number
}

export type ActiveProducer = {
  readonly producerId: bigint
  readonly epoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly coordinatorEpoch: number
  readonly transactionStart: bigint | undefined
}

/** Kafka remembers so many batches of a producer, which is also why a client has at most five requests under way. */
const remembered = 5
const lastSequenceNumber = 2 ** 31 - 1

export class ProducerState {
  readonly #where: string
  readonly #producers = new Map<bigint, Producer>()

  /** @param where the partition, as Kafka names it in messages: `topic-0` */
  constructor(where: string) {
    this.#where = where
  }

  get size(): number {
    return this.#producers.size
  }

  /** Lowest offset that belongs to an open transaction. */
  firstUnstableOffset(): bigint | undefined {
    let first: bigint | undefined
    for (const { transactionStart } of this.#producers.values())
      if (transactionStart !== undefined && (first === undefined || transactionStart < first))
        first = transactionStart
    return first
  }

  hasOpenTransaction(producerId: bigint): boolean {
    return this.#producers.get(producerId)?.transactionStart !== undefined
  }

  epochOf(producerId: bigint): number {
    return this.#producers.get(producerId)?.epoch ?? -1
  }

  active(): readonly ActiveProducer[] {
    return [...this.#producers].map(([producerId, producer]) => ({
      producerId,
      epoch: producer.epoch,
      lastSequence: producer.batches.at(-1)?.lastSequence ?? -1,
      lastTimestamp: producer.lastTimestamp,
      coordinatorEpoch: producer.coordinatorEpoch,
      transactionStart: producer.transactionStart,
    }))
  }

  /** The batch of which this one is a retry. */
  duplicateOf(batch: RecordBatch): AppendedBatch | undefined {
    const producer = this.#producers.get(batch.producerId)
    if (producer === undefined || producer.epoch !== batch.producerEpoch) return undefined
    const [first, last] = [batch.baseSequence, batch.lastSequence]
    return producer.batches.find((one) => one.firstSequence === first && one.lastSequence === last)
  }

  /**
   * @param offset where the batch would go, for the message
   * @throws RequestRefused INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER or INVALID_TXN_STATE
   */
  check(batch: RecordBatch, offset: bigint): void {
    const producer = this.#producers.get(batch.producerId)
    if (producer === undefined) return
    const { producerId, producerEpoch: epoch, baseSequence } = batch
    this.#checkEpoch(producerId, epoch, producer.epoch, offset)
    if (epoch !== producer.epoch) {
      if (baseSequence !== 0)
        throw new RequestRefused(
          'OUT_OF_ORDER_SEQUENCE_NUMBER',
          `Invalid sequence number for new epoch of producer ${producerId}at offset ${offset} in partition ${this.#where}: ${epoch} (request epoch), ${baseSequence} (seq. number), ${producer.epoch} (current producer epoch)`,
        )
    } else {
      const last = producer.batches.at(-1)?.lastSequence ?? -1
      const isNext = baseSequence === last + 1 || (baseSequence === 0 && last === lastSequenceNumber)
      if (!isNext)
        throw new RequestRefused(
          'OUT_OF_ORDER_SEQUENCE_NUMBER',
          `Out of order sequence number for producer ${producerId} at offset ${offset} in partition ${this.#where}: ${baseSequence} (incoming seq. number), ${last} (current end sequence number)`,
        )
    }
    if (producer.transactionStart !== undefined && !batch.isTransactional)
      throw new RequestRefused(
        'INVALID_TXN_STATE',
        `Expected transactional write from producer ${producerId} at offset ${offset} in partition ${this.#where}`,
      )
  }

  /** A batch was appended; it has its offsets. */
  appended(batch: RecordBatch): void {
    const producer = this.#of(batch.producerId, batch.producerEpoch)
    producer.batches.push({
      firstSequence: batch.baseSequence,
      lastSequence: batch.lastSequence,
      firstOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      timestamp: batch.maxTimestamp,
    })
    if (producer.batches.length > remembered) producer.batches.shift()
    producer.lastTimestamp = batch.maxTimestamp
    if (batch.isTransactional) producer.transactionStart ??= batch.baseOffset
  }

  /**
   * A marker was appended.
   * @returns where the transaction that it ends began; `undefined` when the partition has nothing of it
   */
  ended(producerId: bigint, epoch: number, coordinatorEpoch: number, timestamp: number): bigint | undefined {
    const producer = this.#of(producerId, epoch)
    const start = producer.transactionStart
    producer.transactionStart = undefined
    producer.coordinatorEpoch = coordinatorEpoch
    producer.lastTimestamp = timestamp
    return start
  }

  /** @throws RequestRefused INVALID_PRODUCER_EPOCH, for a marker of a fenced producer */
  checkMarker(producerId: bigint, epoch: number, offset: bigint): void {
    this.#checkEpoch(producerId, epoch, this.epochOf(producerId), offset)
  }

  /** Forgets batches from the offset on, and transactions that began there. */
  truncateTo(offset: bigint): void {
    for (const [producerId, producer] of this.#producers) {
      producer.batches = producer.batches.filter(({ lastOffset }) => lastOffset < offset)
      if (producer.transactionStart !== undefined && producer.transactionStart >= offset)
        producer.transactionStart = undefined
      if (producer.batches.length === 0) this.#producers.delete(producerId)
    }
  }

  /** Forgets producers without an open transaction that wrote nothing since `before` (producer.id.expiration.ms). */
  expire(before: number): void {
    for (const [producerId, { transactionStart, lastTimestamp }] of this.#producers)
      if (transactionStart === undefined && lastTimestamp < before) this.#producers.delete(producerId)
  }

  #checkEpoch(producerId: bigint, epoch: number, current: number, offset: bigint): void {
    if (epoch < current)
      throw new RequestRefused(
        'INVALID_PRODUCER_EPOCH',
        `Epoch of producer ${producerId} at offset ${offset} in ${this.#where} is ${epoch}, which is smaller than the last seen epoch ${current}`,
      )
  }

  #of(producerId: bigint, epoch: number): Producer {
    const known = this.#producers.get(producerId)
    if (known === undefined) {
      const fresh = {
        epoch,
        batches: [],
        transactionStart: undefined,
        coordinatorEpoch: -1,
        lastTimestamp: -1,
      }
      this.#producers.set(producerId, fresh)
      return fresh
    }
    if (known.epoch !== epoch) known.batches = []
    known.epoch = epoch
    return known
  }
}
