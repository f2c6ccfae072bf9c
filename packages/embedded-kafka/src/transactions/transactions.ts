/**
 * The transaction coordinator (KIP-98, KIP-360, KIP-890).
 *
 * Rules: the epoch of a transactional id only grows, until a new producer id begins at 0; whoever comes with an older one
 * is fenced. A transaction that was begun ends in markers in all its partitions, at the latest after its time-out.
 */

import { type Clock } from '../clock.ts'
import { RequestRefused } from '../error-codes.ts'
import { type Groups } from '../groups/groups.ts'
import { type Topics } from '../topics.ts'
import { type Transaction, type TransactionPartition, lastEpoch, newTransaction } from './transaction.ts'

export type ProducerIdentity = { readonly producerId: bigint; readonly epoch: number }

/** transaction.max.timeout.ms */
const longestTimeoutMs = 900_000

const nameOf = ({ topic, partition }: TransactionPartition): string => `${topic}-${partition}`

export class Transactions {
  readonly #clock: Clock
  readonly #topics: Topics
  readonly #groups: Groups
  readonly #byId = new Map<string, Transaction>()
  #nextProducerId = 0n

  constructor(clock: Clock, topics: Topics, groups: Groups) {
    this.#clock = clock
    this.#topics = topics
    this.#groups = groups
  }

  all(): readonly Transaction[] {
    return [...this.#byId.values()]
  }

  find(id: string): Transaction | undefined {
    return this.#byId.get(id)
  }

  /** For a producer that is only idempotent. */
  newProducer(): ProducerIdentity {
    return { producerId: this.#newProducerId(), epoch: 0 }
  }

  /**
   * Fences all earlier producers of the id and gives out the next epoch.
   * @param expected who the producer believes to be (KIP-360)
   * @throws RequestRefused; CONCURRENT_TRANSACTIONS when it first had to abort a transaction: the client asks again
   */
  init(id: string, timeoutMs: number, expected: ProducerIdentity | undefined): ProducerIdentity {
    if (id === '') throw new RequestRefused('INVALID_REQUEST', 'the transactional id is empty')
    if (timeoutMs <= 0 || timeoutMs > longestTimeoutMs)
      throw new RequestRefused(
        'INVALID_TRANSACTION_TIMEOUT',
        `the transaction time-out must be between 1 and ${longestTimeoutMs} ms`,
      )
    const transaction = this.#findOrCreate(id, timeoutMs)
    if (expected !== undefined && !isKnown(transaction, expected)) throw fenced(transaction)
    if (transaction.state === 'Ongoing') {
      this.fence(transaction)
      throw new RequestRefused('CONCURRENT_TRANSACTIONS', `the transaction of ${id} was just aborted`)
    }
    this.#bump(transaction, expected?.epoch)
    transaction.timeoutMs = timeoutMs
    transaction.state = 'Empty'
    return transaction
  }

  /** @throws RequestRefused */
  addPartitions(id: string, producer: ProducerIdentity, partitions: readonly TransactionPartition[]): void {
    const transaction = this.#get(id, producer)
    for (const partition of partitions) transaction.partitions.set(nameOf(partition), partition)
    this.#begin(transaction)
  }

  /** @throws RequestRefused */
  addGroup(id: string, producer: ProducerIdentity, groupId: string): void {
    const transaction = this.#get(id, producer)
    transaction.groups.add(groupId)
    this.#begin(transaction)
  }

  /** @throws RequestRefused TRANSACTION_ABORTABLE when the partition was not added */
  verifyPartition(id: string, producer: ProducerIdentity, partition: TransactionPartition): void {
    if (!this.#get(id, producer).partitions.has(nameOf(partition)))
      throw new RequestRefused(
        'TRANSACTION_ABORTABLE',
        `${nameOf(partition)} is not in the transaction of ${id}`,
      )
  }

  /** @throws RequestRefused TRANSACTION_ABORTABLE when the group was not added */
  verifyGroup(id: string, producer: ProducerIdentity, groupId: string): void {
    if (!this.#get(id, producer).groups.has(groupId))
      throw new RequestRefused('TRANSACTION_ABORTABLE', `group ${groupId} is not in the transaction of ${id}`)
  }

  /**
   * Commits or aborts.
   * @param isSecondVersion the client takes a new epoch with each end (KIP-890)
   * @returns who the producer is afterwards
   * @throws RequestRefused
   */
  end(id: string, producer: ProducerIdentity, isCommit: boolean, isSecondVersion: boolean): ProducerIdentity {
    if (id === '') throw new RequestRefused('INVALID_REQUEST', 'the transactional id is empty')
    const transaction = this.#byId.get(id)
    if (transaction === undefined) throw noMapping(id)
    const isRetry = isSecondVersion && isRetryOf(transaction, producer)
    if (transaction.producerId !== producer.producerId && !isRetry) throw noMapping(id)
    if (transaction.epoch !== producer.epoch && !isRetry) throw fenced(transaction)
    const asked = isCommit ? 'CompleteCommit' : 'CompleteAbort'
    if (isRetry || (!isSecondVersion && transaction.state !== 'Ongoing')) {
      if (transaction.state === asked) return transaction
      throw invalidState(transaction)
    }
    // With the second version there is nothing wrong with aborting what has not begun.
    if (transaction.state !== 'Ongoing' && isCommit) throw invalidState(transaction)
    this.#complete(transaction, isCommit, isSecondVersion)
    return transaction
  }

  /** Aborts what is under way and shuts the producer out: its time is over, or another one took its id. */
  fence(transaction: Transaction): void {
    if (transaction.state !== 'Ongoing') return
    transaction.epoch += 1
    transaction.lastEpoch = -1
    this.#complete(transaction, false, false)
  }

  close(): void {
    for (const { timeout } of this.#byId.values()) timeout?.cancel()
  }

  #newProducerId(): bigint {
    return this.#nextProducerId++
  }

  #findOrCreate(id: string, timeoutMs: number): Transaction {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const transaction = newTransaction(id, this.#newProducerId(), timeoutMs)
    this.#byId.set(id, transaction)
    return transaction
  }

  #get(id: string, { producerId, epoch }: ProducerIdentity): Transaction {
    if (id === '') throw new RequestRefused('INVALID_REQUEST', 'the transactional id is empty')
    const transaction = this.#byId.get(id)
    if (transaction?.producerId !== producerId) throw noMapping(id)
    if (transaction.epoch !== epoch) throw fenced(transaction)
    return transaction
  }

  #begin(transaction: Transaction): void {
    if (transaction.state === 'Ongoing') return
    transaction.state = 'Ongoing'
    transaction.startedAt = this.#clock.now()
    transaction.timeout = this.#clock.after(transaction.timeoutMs, () => this.fence(transaction))
  }

  /** The next epoch, or the one that was given out already if this is a retry. */
  #bump(transaction: Transaction, expected: number | undefined): void {
    const { epoch } = transaction
    if (epoch >= lastEpoch && (expected === undefined || expected === epoch)) {
      this.#rotate(transaction)
      transaction.lastEpoch = expected === undefined ? -1 : epoch
    } else if (expected === undefined || epoch === -1 || expected === epoch) {
      transaction.lastEpoch = expected === undefined ? -1 : epoch
      transaction.epoch += 1
    } else if (expected !== transaction.lastEpoch) {
      throw fenced(transaction)
    }
  }

  #rotate(transaction: Transaction): void {
    transaction.previousProducerId = transaction.producerId
    transaction.producerId = this.#newProducerId()
    transaction.epoch = 0
  }

  #complete(transaction: Transaction, isCommit: boolean, isSecondVersion: boolean): void {
    const { producerId } = transaction
    const markerEpoch = isSecondVersion ? transaction.epoch + 1 : transaction.epoch
    transaction.timeout?.cancel()
    for (const { topic, partition } of transaction.partitions.values()) {
      const found = this.#topics.partition(topic, partition)
      found?.log.appendMarker(producerId, markerEpoch, isCommit, found.leaderEpoch)
    }
    for (const groupId of transaction.groups) this.#groups.endTransaction(groupId, producerId, isCommit)
    transaction.partitions.clear()
    transaction.groups.clear()
    transaction.startedAt = -1
    transaction.state = isCommit ? 'CompleteCommit' : 'CompleteAbort'
    transaction.isSecondVersion = isSecondVersion
    if (!isSecondVersion) return
    if (transaction.epoch >= lastEpoch) {
      this.#rotate(transaction)
    } else {
      transaction.lastEpoch = transaction.epoch
      transaction.epoch += 1
    }
  }
}

/** The current producer, or the one before it if it used up its epochs. */
function isKnown(transaction: Transaction, { producerId, epoch }: ProducerIdentity): boolean {
  return (
    transaction.epoch === -1 ||
    producerId === transaction.producerId ||
    (producerId === transaction.previousProducerId && epoch >= lastEpoch)
  )
}

/** The answer to an EndTxn was lost: the client still has the epoch before. */
function isRetryOf(transaction: Transaction, { producerId, epoch }: ProducerIdentity): boolean {
  if (!transaction.isSecondVersion || !transaction.state.startsWith('Complete')) return false
  const isBumped = producerId === transaction.producerId && transaction.epoch === epoch + 1
  const isRotated =
    producerId === transaction.previousProducerId && epoch === lastEpoch && transaction.epoch === 0
  return isBumped || isRotated
}

const noMapping = (id: string): RequestRefused =>
  new RequestRefused('INVALID_PRODUCER_ID_MAPPING', `the producer id is not the one of ${id}`)

const fenced = ({ id, epoch }: Transaction): RequestRefused =>
  new RequestRefused('PRODUCER_FENCED', `the epoch of ${id} is ${epoch}`)

const invalidState = ({ id, state }: Transaction): RequestRefused =>
  new RequestRefused('INVALID_TXN_STATE', `the transaction of ${id} is ${state}`)
