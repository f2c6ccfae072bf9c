/** `status`: how far each partition of a lake is; and, where the brokers are known, how far behind its log. */
import type { PartitionLog } from '@pinpipe/kafka/read-only-admin'
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { ChainPlace } from '../chain/chain-keys.ts'
import { PartitionHalt } from '../chain/halt.ts'
import { PartitionChain, type ChainView } from '../chain/partition-chain.ts'
import { resumeOf } from '../chain/resume.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../lake/store.ts'
import { lagOf } from '../offsets.ts'
import { keyOf } from '../partition-key.ts'
import { chainsIn, entriesOf } from './chain-entries.ts'
import { inOrder } from './in-order.ts'

/** Chains that are asked for at a time. */
const atATime = 8

export type PartitionStatus = TopicPartition & {
  /** Undefined: the lake has no chain of it. */
  readonly epoch: number | undefined
  /** Everything below is stored or given up, but for what is unfinished. */
  readonly frontier: bigint | undefined
  /** When the latest range was begun, in milliseconds since 1970. */
  readonly latestAtMs: number | undefined
  /** Objects of the latest range that are claimed and not stored. */
  readonly unfinished: number
  /** Of all links; only when they were counted. */
  readonly records: number | undefined
  /** `ended`: the topic was made anew, and nobody has gone on yet. Else why a consumer would halt it. */
  readonly state: 'ok' | 'unfinished' | 'ended' | 'not-begun' | PartitionHalt['code']
  /** Offsets between the end of the log and the frontier; only with brokers. */
  readonly lag: bigint | undefined
  /** Milliseconds; only with brokers, and when there is a lag. */
  readonly oldestUnstoredAgeMs: number | undefined
}

type Options = {
  readonly topics: readonly string[] | undefined
  readonly clock: Clock
  /** Reads every link, to count the records. */
  readonly counts: boolean
  /** Undefined without brokers; a topic that they do not have has none. */
  readonly logsOf: ((topic: string) => Promise<readonly PartitionLog[]>) | undefined
}

/** In the order of topics and partitions, each in its latest epoch. */
export async function statusOf(store: Store, options: Options): Promise<readonly PartitionStatus[]> {
  const places = await latestPlaces(store, options.topics)
  const logs = new Map<string, PartitionLog>()
  if (options.logsOf !== undefined) {
    for (const topic of new Set([...places.map((place) => place.topic), ...(options.topics ?? [])]))
      for (const log of await options.logsOf(topic)) logs.set(keyOf(log), log)
  }
  const known = await Array.fromAsync(
    inOrder(places, atATime, (place) => statusAt(store, place, logs.get(keyOf(place)), options)),
  )
  const stored = new Set(known.map(keyOf))
  const others = [...logs.values()].filter((log) => !stored.has(keyOf(log))).map(notBegun)
  return [...known, ...others].toSorted(byTopicAndPartition)
}

async function latestPlaces(store: Store, topics: readonly string[] | undefined): Promise<ChainPlace[]> {
  const latest = new Map<string, ChainPlace>()
  for await (const place of chainsIn(store, topics)) latest.set(keyOf(place), place)
  return [...latest.values()]
}

async function statusAt(
  store: Store,
  place: ChainPlace,
  log: PartitionLog | undefined,
  { clock, counts }: Options,
): Promise<PartitionStatus> {
  const { topic, partition, epoch } = place
  const common = { topic, partition, epoch, oldestUnstoredAgeMs: undefined }
  try {
    const view = await new PartitionChain(place, { store, clock }).look()
    return {
      ...common,
      frontier: view?.frontier,
      latestAtMs: view?.latest?.plannedAt,
      unfinished: view?.missing.length ?? 0,
      records: counts ? await recordsOf(store, place) : undefined,
      state: view === undefined ? 'not-begun' : stateOf(place, view, log),
      lag: view && log && lagOf(log.high, view.isEnded ? log.low : view.frontier),
    }
  } catch (error) {
    if (!(error instanceof PartitionHalt)) throw error
    const nothing = {
      frontier: undefined,
      latestAtMs: undefined,
      unfinished: 0,
      records: undefined,
      lag: undefined,
    }
    return { ...common, ...nothing, state: error.code }
  }
}

function stateOf(at: ChainPlace, view: ChainView, log: PartitionLog | undefined): PartitionStatus['state'] {
  if (view.isEnded) return 'ended'
  const resume = log && resumeOf(at, view, log)
  if (resume?.kind === 'halt' || resume?.kind === 'gap') return resume.halt.code
  return view.missing.length > 0 ? 'unfinished' : 'ok'
}

async function recordsOf(store: Store, place: ChainPlace): Promise<number> {
  let records = 0
  for await (const entry of entriesOf(store, place))
    if (entry.kind === 'link' && entry.link.kind === 'range') records += entry.link.records
  return records
}

function notBegun({ topic, partition, low, high }: PartitionLog): PartitionStatus {
  return {
    topic,
    partition,
    epoch: undefined,
    frontier: undefined,
    latestAtMs: undefined,
    unfinished: 0,
    records: undefined,
    state: 'not-begun',
    lag: high - low,
    oldestUnstoredAgeMs: undefined,
  }
}

function byTopicAndPartition(a: TopicPartition, b: TopicPartition): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}
