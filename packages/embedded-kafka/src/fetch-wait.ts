/** The long poll of Fetch: waits for records without polling for them. */

import { type RequestContext } from './api/api.ts'
import { type Partition } from './topics.ts'
import { zeroUuid } from './wire/schema.ts'

/** One partition of a Fetch request. */
export type FetchWish = {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly fetchOffset: bigint
  readonly partitionMaxBytes: number
  readonly isCommittedOnly: boolean
}

/**
 * Resolves when the partitions together have `minBytes` to read, when one of them must be answered with an error, when
 * `maxWaitMs` are over, or when the client is gone.
 */
export function waitForBytes(
  { cluster, broker, gone }: RequestContext,
  wishes: readonly FetchWish[],
  { minBytes, maxWaitMs }: { readonly minBytes: number; readonly maxWaitMs: number },
): Promise<void> {
  const find = ({ topic, topicId, partition }: FetchWish): Partition | undefined =>
    topicId === zeroUuid
      ? cluster.topics.partition(topic, partition)
      : cluster.topics.findById(topicId)?.partitions[partition]
  const watched = wishes.flatMap((wish) => {
    const partition = find(wish)
    return partition === undefined ? [] : [{ wish, partition }]
  })
  const isDue = (): boolean => {
    let bytes = 0
    for (const { wish, partition } of watched) {
      const { fetchOffset, partitionMaxBytes, isCommittedOnly } = wish
      if (partition.leader !== broker.id || find(wish) !== partition) return true
      if (fetchOffset < partition.log.startOffset) return true
      bytes += Math.min(partitionMaxBytes, partition.log.bytesFrom(fetchOffset, isCommittedOnly))
      if (bytes >= minBytes) return true
    }
    return false
  }
  return new Promise((resolve) => {
    const stop: (() => void)[] = []
    const finish = (): void => {
      for (const undo of stop) undo()
      resolve()
    }
    const timer = cluster.clock.after(maxWaitMs, finish)
    stop.push(() => timer.cancel())
    gone.addEventListener('abort', finish)
    stop.push(() => gone.removeEventListener('abort', finish))
    for (const { partition } of watched)
      stop.push(
        partition.log.onChange(() => {
          if (isDue()) finish()
        }),
      )
  })
}
