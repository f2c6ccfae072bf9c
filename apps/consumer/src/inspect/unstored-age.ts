/** How old the oldest record is that is not stored: the first one at the frontier, read from the log. */
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import type { PartitionLog } from '@pinpipe/kafka/read-only-admin'
import { keyOf } from '../partition-key.ts'
import { readLogs } from './log-reader.ts'
import type { PartitionStatus } from './partition-status.ts'

/** Records of an open transaction cannot be read yet: they are not waited for. */
const longestReadMs = 10_000

/** The same with the ages that could be told. Rejects with a KafkaError. */
export async function withAges(
  statuses: readonly PartitionStatus[],
  asked: {
    readonly connection: KafkaConnection
    readonly logs: ReadonlyMap<string, PartitionLog>
    readonly nowMs: number
    readonly signal: AbortSignal
  },
): Promise<readonly PartitionStatus[]> {
  const times = new Map<string, bigint>()
  const spans = statuses.flatMap(({ topic, partition, frontier = 0n, lag = 0n, state }) => {
    const log = asked.logs.get(keyOf({ topic, partition }))
    if (log === undefined || lag === 0n || state === 'TOPIC_CHANGED') return []
    return { topic, partition, from: frontier > log.low ? frontier : log.low, until: log.high }
  })
  await readLogs(
    asked.connection,
    spans,
    {
      async take(batch) {
        const { record } = batch.records
        if (record !== undefined) times.set(keyOf(batch), record.timestamp)
        return record === undefined
      },
      passed: () => Promise.resolve(),
    },
    AbortSignal.any([asked.signal, AbortSignal.timeout(longestReadMs)]),
  )
  return statuses.map((status) => {
    const time = times.get(keyOf(status))
    return time === undefined ? status : { ...status, oldestUnstoredAgeMs: asked.nowMs - Number(time) }
  })
}
