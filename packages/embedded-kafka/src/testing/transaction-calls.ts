/** Requests of idempotent and transactional producers, with their usual fields filled in. */

import { setTimeout as sleep } from 'node:timers/promises'
import { addPartitionsToTxn } from '../api/add-partitions-to-txn.ts'
import { endTxn } from '../api/end-txn.ts'
import { initProducerId } from '../api/init-producer-id.ts'
import { txnOffsetCommit } from '../api/txn-offset-commit.ts'
import { batchOf } from './batches.ts'
import { type WireClient } from './wire-client.ts'
import { offsetFor, send, times } from './calls.ts'

export type Producer = { readonly producerId: bigint; readonly producerEpoch: number }

/** As clients do it: asks again while an earlier transaction is being aborted. */
export async function initProducer(
  client: WireClient,
  transactionalId: string | null = null,
  options: { readonly timeoutMs?: number; readonly expected?: Producer; readonly version?: number } = {},
) {
  const { timeoutMs = 60_000, expected = { producerId: -1n, producerEpoch: -1 }, version = 5 } = options
  for (;;) {
    const request = { transactionalId, transactionTimeoutMs: timeoutMs, ...expected }
    const answer = await client.call(initProducerId, request, version)
    if (answer.errorCode !== concurrent && answer.errorCode !== loading) return answer
  }
}

/** CONCURRENT_TRANSACTIONS: markers of the transaction before are still being written. */
const concurrent = 51
/** COORDINATOR_LOAD_IN_PROGRESS: Apache Kafka fetches a block of producer ids first. */
const loading = 14

/** A batch of an idempotent producer. */
export function batchBy(
  { producerId, producerEpoch }: Producer,
  baseSequence: number,
  values: readonly string[],
  options: { readonly isTransactional?: boolean } = {},
): Buffer {
  const attributes = options.isTransactional === true ? 16 : 0
  return batchOf(values, { producerId, producerEpoch, baseSequence, attributes })
}

/** The first version's way: partitions are announced. @returns the error code of each partition */
export async function addPartitions(
  client: WireClient,
  transactionalId: string,
  { producerId, producerEpoch }: Producer,
  topic: string,
  partitions: readonly number[] = [0],
  version = 3,
): Promise<readonly number[]> {
  for (;;) {
    const answer = await client.call(
      addPartitionsToTxn,
      {
        v3AndBelowTransactionalId: transactionalId,
        v3AndBelowProducerId: producerId,
        v3AndBelowProducerEpoch: producerEpoch,
        v3AndBelowTopics: [{ name: topic, partitions }],
      },
      version,
    )
    const codes = answer.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
      resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    )
    if (!codes.includes(concurrent)) return codes
  }
}

/** Version 4 is the last one that keeps the epoch. */
export async function end(
  client: WireClient,
  transactionalId: string,
  { producerId, producerEpoch }: Producer,
  committed: boolean,
  version = 4,
) {
  for (;;) {
    const answer = await client.call(
      endTxn,
      { transactionalId, producerId, producerEpoch, committed },
      version,
    )
    if (answer.errorCode !== concurrent) return answer
  }
}

/** @returns the partition's error code */
export async function commitInTransaction(
  client: WireClient,
  transactionalId: string,
  { producerId, producerEpoch }: Producer,
  { groupId, topic, offset }: { readonly groupId: string; readonly topic: string; readonly offset: bigint },
  options: { readonly generationId?: number; readonly memberId?: string; readonly version?: number } = {},
): Promise<number> {
  const { generationId = -1, memberId = '', version = 5 } = options
  for (;;) {
    const { topics } = await client.call(
      txnOffsetCommit,
      {
        transactionalId,
        groupId,
        producerId,
        producerEpoch,
        generationId,
        memberId,
        topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: offset }] }],
      },
      version,
    )
    const code = topics[0]!.partitions[0]!.errorCode
    if (code !== concurrent) return code
  }
}

/** In options of `batchBy`. */
export const isTransactional = true
/** In options of `read` and `offsetFor`. */
export const committedOnly = { isolationLevel: 1 } as const

/** One record in a transaction of the first version; the transaction stays open. */
export async function begin(client: WireClient, id: string, producer: Producer, topic: string, sequence = 0) {
  const [code] = await addPartitions(client, id, producer, topic)
  if (code !== 0) throw new Error(`the partition could not be added: ${code}`)
  const batch = batchBy(producer, sequence, ['x'], { isTransactional })
  return await send(client, topic, batch, { transactionalId: id, version: 9 })
}

/** Markers reach a partition a little after the coordinator has answered. */
export async function untilStable(client: WireClient, topic: string): Promise<bigint> {
  for (;;) {
    const [all, stable] = [
      (await offsetFor(client, topic, times.latest)).offset,
      (await offsetFor(client, topic, times.latest, committedOnly)).offset,
    ]
    if (all === stable) return all
    await sleep(5)
  }
}
