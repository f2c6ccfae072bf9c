/**
 * What happens in the consumer, by name: each event's log line and its counters are emitted together, here and nowhere
 * else. The steady state is silent: what happens all the time is logged at debug.
 */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import type { Health } from '@pinpipe/service/health'
import type { Logger } from '@pinpipe/service/logger'
import type { Metrics } from '@pinpipe/service/metrics'
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
}

export class Events {
  readonly totals: Totals = { records: 0, objects: 0, deadObjects: 0, bytes: 0, contentBytes: 0, rejected: 0 }
  readonly #log: Logger
  readonly #counters: ReturnType<typeof countersOf>
  readonly #health: Pick<Health, 'ready' | 'notReady'>

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

  revoked(partitions: readonly TopicPartition[], dropped: number): void {
    this.#counters.dropped.inc(dropped)
    this.#health.notReady('group', 'the group is rebalancing')
    this.#log.info(
      { partitions: namesOf(partitions), droppedRecords: dropped },
      'partitions revoked; open ranges are read again',
    )
  }

  /** `contentBytes`: of the range before it was compressed. */
  rangeStored(range: SealedRange, stored: StoredRange, contentBytes: number): void {
    const { topic, partition, start, end, trigger } = range
    const rejected = [...range.rejected.values()].reduce((sum, count) => sum + count, 0)
    this.totals.records += range.records - rejected
    this.totals.rejected += rejected
    this.totals.objects += stored.objects
    this.totals.deadObjects += stored.deadObjects
    this.totals.bytes += stored.bytes
    this.totals.contentBytes += contentBytes
    this.#counters.records.inc({ topic }, range.records - rejected)
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
      'what was stored last is not committed: it will be stored again under another name',
    )
  }

  memoryShort(usedBytes: number): void {
    this.#counters.memoryShort.inc()
    this.#log.debug({ usedBytes }, 'memory is short: partitions are paused')
  }

  partitionHalted(at: TopicPartition, error: Error): void {
    this.#counters.halted.inc({ topic: at.topic })
    this.#health.notReady(`${at.topic}/${at.partition}`, 'halted by an object with other content')
    this.#log.error({ topic: at.topic, partition: at.partition }, error.message)
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
    dropped: metrics.counter({
      name: 'records_dropped_total',
      help: 'Records of open ranges dropped at a rebalance, to be read again',
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
      help: 'Partitions halted by an object with other content',
      labels: ['topic'],
    }),
  }
}

function namesOf(partitions: readonly TopicPartition[]): string[] {
  return partitions.map(({ topic, partition }) => `${topic}/${partition}`)
}
