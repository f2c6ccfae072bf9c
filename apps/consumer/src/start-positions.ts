/**
 * Where the partitions of an assignment start: the committed offset, else the earliest record. (The chain's frontier,
 * once there is a chain: see the claim protocol.)
 */
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { byPartition } from './until-end.ts'

export type StartPosition = {
  readonly at: TopicPartition
  readonly start: bigint
  /** Undefined when the group has committed nothing. */
  readonly committed: bigint | undefined
}

/** Asks the cluster. Rejects with a KafkaError. */
export async function startPositions(
  positions: Pick<ReadOnlyAdmin, 'committedOffsets' | 'watermarks'>,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<readonly StartPosition[]> {
  const starts: StartPosition[] = []
  for (const [topic, ofTopic] of Map.groupBy(partitions, (at) => at.topic)) {
    const committed = byPartition(await positions.committedOffsets(group, topic))
    const isAllCommitted = ofTopic.every((at) => committed.has(at.partition))
    const watermarks = isAllCommitted ? [] : await positions.watermarks(topic)
    const earliest = new Map(watermarks.map(({ partition, low }) => [partition, low]))
    for (const at of ofTopic) {
      const known = committed.get(at.partition)
      starts.push({ at, start: known ?? earliest.get(at.partition) ?? 0n, committed: known })
    }
  }
  return starts
}
