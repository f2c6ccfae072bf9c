/** What the coordinator knows of one transactional id. */

import { type Timer } from '../clock.ts'

/** Markers are written at once, so that nobody ever sees Kafka's PrepareCommit and PrepareAbort. */
export type TransactionState = 'Empty' | 'Ongoing' | 'CompleteCommit' | 'CompleteAbort'

export type TransactionPartition = { readonly topic: string; readonly partition: number }

export type Transaction = {
  readonly id: string
  producerId: bigint
  /** Of the producer before its epochs were used up; −1 for none. */
  previousProducerId: bigint
  epoch: number
  /** What the producer had before it asked for a new epoch: its retry gets the same answer. −1 for none. */
  lastEpoch: number
  timeoutMs: number
  state: TransactionState
  /** By `topic-partition`. */
  readonly partitions: Map<string, TransactionPartition>
  /** Groups whose offsets are committed with the transaction. */
  readonly groups: Set<string>
  /** −1: none is under way. */
  startedAt: number
  timeout: Timer | undefined
  /** The last EndTxn was of the kind that gives out a new epoch (KIP-890). */
  isSecondVersion: boolean
}

/** The last epoch belongs to the broker, which fences with it. */
export const lastEpoch = 32_766

export function newTransaction(id: string, producerId: bigint, timeoutMs: number): Transaction {
  return {
    id,
    producerId,
    previousProducerId: -1n,
    epoch: -1,
    lastEpoch: -1,
    timeoutMs,
    state: 'Empty',
    partitions: new Map(),
    groups: new Set(),
    startedAt: -1,
    timeout: undefined,
    isSecondVersion: false,
  }
}
