/** The requests that most cases make, with their usual fields filled in. */

import { fetch } from '../api/fetch.ts'
import { listOffsets } from '../api/list-offsets.ts'
import { produce } from '../api/produce.ts'
import { type WireClient } from './wire-client.ts'

type ProduceOptions = {
  readonly partition?: number
  readonly acks?: number
  readonly transactionalId?: string
  readonly version?: number
}

/** One batch to one partition. Version 12 is the highest that names topics. */
export async function send(
  client: WireClient,
  topic: string,
  batch: Buffer | null,
  options: ProduceOptions = {},
) {
  const { partition = 0, acks = -1, transactionalId = null, version = 12 } = options
  const records = batch === null ? null : [batch]
  const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }]
  const answer = await client.call(produce, { transactionalId, acks, timeoutMs: 5_000, topicData }, version)
  return answer.responses[0]!.partitionResponses[0]!
}

type FetchOptions = {
  readonly partition?: number
  readonly offset?: bigint
  readonly maxWaitMs?: number
  readonly minBytes?: number
  readonly maxBytes?: number
  readonly partitionMaxBytes?: number
  readonly isolationLevel?: number
  readonly currentLeaderEpoch?: number
  readonly version?: number
}

/** One partition. Version 12 is the highest that names topics. */
export async function read(client: WireClient, topic: string, options: FetchOptions = {}) {
  const { partition = 0, offset = 0n, maxWaitMs = 0, minBytes = 1, version = 12, ...rest } = options
  const {
    maxBytes = 0x7fff_ffff,
    partitionMaxBytes = 1_048_576,
    isolationLevel = 0,
    currentLeaderEpoch = -1,
  } = rest
  const wish = { partition, fetchOffset: offset, partitionMaxBytes, currentLeaderEpoch }
  const answer = await client.call(
    fetch,
    { maxWaitMs, minBytes, maxBytes, isolationLevel, topics: [{ topic, partitions: [wish] }] },
    version,
  )
  return answer.responses[0]!.partitions[0]!
}

export const times = { latest: -1n, earliest: -2n, withLatestTime: -3n } as const

/** The offset for a time in one partition. */
export async function offsetFor(
  client: WireClient,
  topic: string,
  timestamp: bigint,
  options: { readonly partition?: number; readonly isolationLevel?: number; readonly version?: number } = {},
) {
  const { partition = 0, isolationLevel = 0, version = 10 } = options
  const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }]
  const answer = await client.call(listOffsets, { isolationLevel, topics }, version)
  return answer.topics[0]!.partitions[0]!
}
