/** Where each partition of a new assignment starts. Always explicit, so that nothing is ever reset behind our back (K9). */

import { KafkaError } from './errors.ts'
import { type ReadOnlyAdmin } from './read-only-admin.ts'
import { type TopicPartition } from './record-consumer.ts'

/** `topic/partition`, as `assigned` names its starts. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

/**
 * The app's choice, else the group's committed offset, else the earliest record.
 * @throws {KafkaError} OFFSET_OUT_OF_RANGE when that offset is not in the log any more, or not yet.
 */
export async function startOffsets(
  admin: ReadOnlyAdmin,
  group: string,
  partitions: readonly TopicPartition[],
  chosen: ReadonlyMap<string, bigint>,
): Promise<ReadonlyMap<string, bigint>> {
  const starts = new Map<string, bigint>()
  const topics = Map.groupBy(partitions, ({ topic }) => topic)
  for (const [topic, assigned] of topics) {
    const watermarks = new Map((await admin.watermarks(topic)).map((entry) => [entry.partition, entry]))
    const isAllChosen = assigned.every((at) => chosen.has(keyOf(at)))
    const committed = isAllChosen ? [] : await admin.committedOffsets(group, topic)
    const committedAt = new Map(committed.map(({ partition, offset }) => [partition, offset]))
    for (const at of assigned) {
      const range = watermarks.get(at.partition)
      if (range === undefined) {
        throw new KafkaError(
          'UNKNOWN_TOPIC',
          `topic ${topic} has no partition ${at.partition}; look at the topic`,
        )
      }
      const start = chosen.get(keyOf(at)) ?? committedAt.get(at.partition) ?? range.low
      if (start < range.low || start > range.high) throw outOfRange(at, start, range)
      starts.set(keyOf(at), start)
    }
  }
  return starts
}

function outOfRange(at: TopicPartition, start: bigint, range: { low: bigint; high: bigint }): KafkaError {
  const why =
    start < range.low ? 'retention deleted what comes next' : 'the topic was made anew, or lost records'
  return new KafkaError(
    'OFFSET_OUT_OF_RANGE',
    `could not go on at offset ${start} of topic ${at.topic}, partition ${at.partition}: the log holds ` +
      `${range.low} to ${range.high}, so ${why}; decide where to go on, and set the group's offset to that`,
  )
}
