/**
 * What happens in the consumer, by name: each event's log line and its counters are emitted together, here and nowhere
 * else. The steady state is silent: what happens all the time is logged at debug.
 */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Health } from '@pinpipe/service/health'
import type { Logger } from '@pinpipe/service/logger'
import type { Metrics } from '@pinpipe/service/metrics'
import type { PartitionHalt } from './chain/halt.ts'
import type { SealedRange } from './range.ts'
import type { StoredRange } from './storer.ts'

/** Totals of this run, as the summary tells them. */
export type Totals = {
  /** Lines of data objects. */
  records: number
  objects: number
  deadObjects: number
  /** Size of all objects as stored. */
  bytes: number
  /** The same before compression. */
  contentBytes: number
  rejected: number
  /** Left out by `--null-values skip`. */
  skipped: number
}

/** A store that stumbles is counted; one that is out for longer is told. */
const worthATellingMs = 5_000

export class Events {
  readonly totals: Totals = {
    records: 0,
    objects: 0,
    deadObjects: 0,
    bytes: 0,
    contentBytes: 0,
    rejected: 0,
    skipped: 0,
  }
  readonly #log: Logger
  readonly #counters: ReturnType<typeof countersOf>
  readonly #health: Pick<Health, 'ready' | 'notReady'>
  #isStoreOut = false

  constructor(log: Logger, metrics: Metrics, health: Pick<Health, 'ready' | 'notReady'>) {
    this.#log = log
    this.#health = health
    health.notReady('group', 'joining the consumer group')
    this.#counters = countersOf(metrics)
  }

  assigned(partitions: readonly TopicPartition[]): void {
    this.#health.ready('group')
    this.#log.info({ partitions: namesOf(partitions) }, 'partitions assigned')
  }

  revoked(partitions: readonly TopicPartition[]): void {
    this.#health.notReady('group', 'the group is rebalancing')
    this.#log.info({ partitions: namesOf(partitions) }, 'partitions revoked')
  }

  /** Another writer claimed what we were about to: a group that is rebalancing, or a second deployment on this lake. */
  overtaken(at: TopicPartition, dropped: number): void {
    this.#counters.overtaken.inc({ topic: at.topic })
    this.#counters.dropped.inc(dropped)
    this.#log.info(
      { topic: at.topic, partition: at.partition, droppedRecords: dropped },
      'another writer claimed these offsets; going on where its chain ends',
    )
  }

  /** A request is going to be repeated. Somebody hears of it when that has not helped for some seconds, once. */
  storeWaiting(reason: string, waitedMs: number): void {
    this.#counters.storeRetries.inc({ reason })
    if (this.#isStoreOut || waitedMs < worthATellingMs) return
    this.#isStoreOut = true
    this.#health.notReady('store', `the store does not answer (${reason})`)
    this.#log.warn(
      { reason, waitedMs: Math.round(waitedMs) },
      'the store does not answer; what is to be stored waits',
    )
  }

  storeAnswered(): void {
    if (!this.#isStoreOut) return
    this.#isStoreOut = false
    this.#health.ready('store')
    this.#log.info('the store answers again')
  }

  rangeStored(range: SealedRange, stored: StoredRange): void {
    const { topic, partition, start, end, trigger } = range
    const rejected = [...range.rejected.values()].reduce((sum, count) => sum + count, 0)
    const written = range.records - rejected - range.skipped
    this.totals.records += written
    this.totals.rejected += rejected
    this.totals.skipped += range.skipped
    this.totals.objects += stored.objects
    this.totals.deadObjects += stored.deadObjects
    this.totals.bytes += stored.bytes
    this.totals.contentBytes += stored.contentBytes
    this.#counters.records.inc({ topic }, written)
    if (range.skipped > 0) this.#counters.skipped.inc({ topic }, range.skipped)
    this.#counters.objects.inc({ topic, trigger }, stored.objects)
    this.#counters.bytes.inc({ topic }, stored.bytes)
    this.#log.debug(
      { topic, partition, start: String(start), end: String(end), trigger, ...stored },
      'range stored',
    )
    if (rejected === 0) return
    for (const [reason, count] of range.rejected) this.#counters.rejected.inc({ topic, reason }, count)
    const reasons = Object.fromEntries(range.rejected)
    this.#log.warn(
      { topic, partition, start: String(start), end: String(end), reasons },
      'records became dead letters',
    )
  }

  /** A hint that the group did not take: the next one may. */
  commitNotTaken(at: TopicPartition & { readonly offset: bigint }, why: string): void {
    this.#counters.commitsNotTaken.inc()
    this.#log.debug(
      { topic: at.topic, partition: at.partition, offset: String(at.offset), why },
      'offset not committed',
    )
  }

  /** At the end, when no later commit makes up for it. */
  lastCommitNotTaken(offsets: readonly TopicPartition[]): void {
    this.#log.warn(
      { partitions: namesOf(offsets) },
      'what was stored last is not committed: tools that show the lag of the group show too much until the next commit',
    )
  }

  memoryShort(usedBytes: number): void {
    this.#counters.memoryShort.inc()
    this.#log.debug({ usedBytes }, 'memory is short: partitions are paused')
  }

  /** What had halted it is over. */
  partitionGoesOn(at: TopicPartition): void {
    this.#health.ready(`${at.topic}/${at.partition}`)
    this.#log.info({ topic: at.topic, partition: at.partition }, 'partition goes on')
  }

  partitionHalted(at: TopicPartition, halt: PartitionHalt): void {
    this.#counters.halted.inc({ topic: at.topic, code: halt.code })
    this.#health.notReady(`${at.topic}/${at.partition}`, `halted: ${halt.code}`)
    this.#log.error({ topic: at.topic, partition: at.partition, code: halt.code }, halt.message)
  }
}

function countersOf(metrics: Metrics) {
  return {
    records: metrics.counter({
      name: 'records_total',
      help: 'Records stored as lines of data objects',
      labels: ['topic'],
    }),
    objects: metrics.counter({
      name: 'objects_total',
      help: 'Data objects stored, by what sealed their range',
      labels: ['topic', 'trigger'],
    }),
    bytes: metrics.counter({
      name: 'stored_bytes_total',
      help: 'Bytes of all objects as stored',
      labels: ['topic'],
    }),
    rejected: metrics.counter({
      name: 'records_rejected_total',
      help: 'Records that became dead letters',
      labels: ['topic', 'reason'],
    }),
    skipped: metrics.counter({
      name: 'records_skipped_total',
      help: 'Records without a value, left out by --null-values skip',
      labels: ['topic'],
    }),
    overtaken: metrics.counter({
      name: 'claims_lost_total',
      help: 'Claims that another writer had made before',
      labels: ['topic'],
    }),
    dropped: metrics.counter({
      name: 'records_dropped_total',
      help: 'Records of open ranges dropped because another writer claimed them',
    }),
    storeRetries: metrics.counter({
      name: 'store_retries_total',
      help: 'Requests to the store that were sent again, by why',
      labels: ['reason'],
    }),
    commitsNotTaken: metrics.counter({
      name: 'commits_not_taken_total',
      help: 'Commits that the group did not take',
    }),
    memoryShort: metrics.counter({
      name: 'memory_short_total',
      help: 'Times that the memory budget was used up',
    }),
    halted: metrics.counter({
      name: 'partitions_halted_total',
      help: 'Partitions halted until somebody decides, by why',
      labels: ['topic', 'code'],
    }),
  }
}

function namesOf(partitions: readonly TopicPartition[]): string[] {
  return partitions.map(({ topic, partition }) => `${topic}/${partition}`)
}
