/** `--start`: where the chain of a partition begins that is not in the lake yet. A chain that is there goes on, whatever this says. */
import type { ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { BadValue, types, type SettingType } from '@pinpipe/service/settings'
import type { Genesis } from './chain/link.ts'
import { timeOf } from './time-value.ts'
import { byPartition } from './until-end.ts'

export type StartPolicy =
  | { readonly kind: 'earliest' | 'latest' | 'committed' }
  | { readonly kind: 'timestamp'; readonly atMs: number }

const words = ['earliest', 'latest', 'committed'] as const

/** The setting's type. */
export const startType: SettingType<StartPolicy> = types.custom({
  takes: 'earliest|latest|committed|TIME',
  parse(text) {
    const word = words.find((one) => one === text)
    if (word !== undefined) return { kind: word }
    const atMs = timeOf(text)
    if (atMs === undefined)
      throw new BadValue(`is none of ${words.join(', ')}, and no time with a zone like 2026-01-31T00:00:00Z`)
    return { kind: 'timestamp', atMs }
  },
  show: (policy) => (policy.kind === 'timestamp' ? new Date(policy.atMs).toISOString() : policy.kind),
})

/** The first offset of a new chain and why. A group that has committed nothing begins at the earliest. Rejects with a KafkaError. */
export async function startOf(
  policy: StartPolicy,
  at: TopicPartition,
  log: { readonly low: bigint; readonly high: bigint },
  asked: {
    readonly positions: Pick<ReadOnlyAdmin, 'committedOffsets' | 'offsetsAt'>
    readonly group: string
  },
): Promise<Pick<Genesis, 'start' | 'from'>> {
  const { positions, group } = asked
  switch (policy.kind) {
    case 'earliest':
      return { start: log.low, from: 'earliest' }
    case 'latest':
      return { start: log.high, from: 'latest' }
    case 'committed': {
      const committed = byPartition(await positions.committedOffsets(group, at.topic)).get(at.partition)
      if (committed === undefined) return { start: log.low, from: 'earliest' }
      return { start: committed, from: 'committed' }
    }
    default: {
      const offset = (await positions.offsetsAt(at.topic, policy.atMs)).get(at.partition)
      return { start: offset ?? log.high, from: 'timestamp' }
    }
  }
}
