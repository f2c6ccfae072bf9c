/** What an embedded broker holds, asked for by raw requests: no client library stands between it and the assertion. */

import { findCoordinator } from '../../api/find-coordinator.ts'
import { type EmbeddedKafka } from '../../embedded-kafka.ts'
import { type RecordBatch } from '../../log/record-batch.ts'
import { batchesIn, valuesIn } from '../../testing/batches.ts'
import { read } from '../../testing/calls.ts'
import { committed } from '../../testing/group-calls.ts'
import { WireClient } from '../../testing/wire-client.ts'

/** `host:port` of one logical broker. */
export function addressOf(broker: EmbeddedKafka, id: number): string {
  const address = broker.bootstrapServers.split(',')[id - 1]
  if (address === undefined) throw new Error(`there is no broker ${id}`)
  return address
}

/** What the group has committed: an offset for each partition, −1 where there is none. */
export async function committedOffsets(
  broker: EmbeddedKafka,
  group: string,
  topic: string,
  partitions: number,
): Promise<readonly bigint[]> {
  await using any = await WireClient.open(broker.bootstrapServers)
  const { coordinators } = await any.call(findCoordinator, { coordinatorKeys: [group], keyType: 0 })
  const { host = '', port = 0 } = coordinators[0] ?? {}
  await using client = await WireClient.open(`${host}:${port}`)
  const offsets: bigint[] = []
  for (let partition = 0; partition < partitions; partition++)
    offsets.push((await committed(client, group, topic, { partition })).committedOffset)
  return offsets
}

/** All batches of a partition, as they are kept. */
export async function keptBatches(
  broker: EmbeddedKafka,
  topic: string,
  partition: number,
): Promise<readonly RecordBatch[]> {
  const leader = broker.partition(topic, partition)?.leader ?? 0
  await using client = await WireClient.open(addressOf(broker, leader))
  const { records } = await read(client, topic, { partition, partitionMaxBytes: 50 * 1024 * 1024 })
  return batchesIn(records)
}

/** Numbers of the codecs that a partition's batches are compressed with, each once. */
export async function keptCodecs(
  broker: EmbeddedKafka,
  topic: string,
  partition: number,
): Promise<readonly number[]> {
  const batches = await keptBatches(broker, topic, partition)
  return [...new Set(batches.map(({ compression }) => compression))]
}

/**
 * Values of a partition's records, in order; those of aborted transactions too. For uncompressed records without keys
 * and headers.
 */
export async function keptValues(
  broker: EmbeddedKafka,
  topic: string,
  partition: number,
): Promise<readonly string[]> {
  const batches = await keptBatches(broker, topic, partition)
  const data = batches.filter(({ isControl }) => !isControl)
  return data.flatMap(({ bytes }) => valuesIn(bytes)).map((text) => text.slice(text.indexOf(':') + 1))
}
