/** What an operator sees of a run: the progress line, the lag metric, and `/status` with a position per partition. */
import type { CommandContext } from '@pinpipe/service/command'
import { formatSize } from '@pinpipe/service/size'
import type { Clock } from './clock.ts'
import type { Events } from './events.ts'
import type { Lane } from './lane.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { lagOf } from './offsets.ts'
import type { Pipeline } from './pipeline.ts'
import type { UntilEnd } from './until-end.ts'

export type ReportOptions = {
  readonly pipeline: Pipeline
  readonly events: Events
  readonly budget: MemoryBudget
  readonly group: string
  readonly untilEnd: UntilEnd | undefined
  readonly clock: Pick<Clock, 'wallMs'>
  readonly context: Pick<CommandContext, 'metrics' | 'health' | 'progress'>
}

/** Registers everything; the progress line ends when the result is disposed. */
export function report(options: ReportOptions): Disposable {
  const { pipeline, context, budget, group, untilEnd, clock } = options
  context.metrics.gauge({
    // kafka_exporter's name and labels. Here it is the log's end, as of the last fetch, minus what is stored: the store is
    // the truth, the committed offset follows it.
    name: 'kafka_consumergroup_lag',
    isWholeName: true,
    help: 'Offsets between the end of the partition and what is stored of it',
    labels: ['consumergroup', 'topic', 'partition'],
    collect: (gauge) => {
      gauge.reset()
      for (const lane of pipeline.lanes.values()) {
        const lag = lagOfLane(lane)
        const labels = { consumergroup: group, topic: lane.at.topic, partition: String(lane.at.partition) }
        if (lag !== undefined) gauge.set(labels, Number(lag))
      }
    },
  })
  context.metrics.gauge({
    name: 'oldest_unstored_seconds',
    help: 'Age of the oldest record of the partition that is not stored, by its own time; 0 when all are',
    labels: ['topic', 'partition'],
    collect: (gauge) => {
      gauge.reset()
      for (const lane of pipeline.lanes.values()) {
        const ageMs = oldestAgeMs(lane, clock.wallMs())
        const labels = { topic: lane.at.topic, partition: String(lane.at.partition) }
        if (ageMs !== undefined) gauge.set(labels, ageMs / 1_000)
      }
    },
  })
  context.metrics.gauge({
    name: 'partition_halted',
    help: '1 for a partition that is halted until somebody decides, and why',
    labels: ['partition', 'code'],
    collect: (gauge) => {
      gauge.reset()
      for (const [partition, { code }] of pipeline.halted) gauge.set({ partition, code }, 1)
    },
  })
  context.metrics.gauge({
    name: 'buffered_bytes',
    help: 'Record content held in memory, out of --memory',
    collect: (gauge) => gauge.set(budget.usedBytes),
  })
  context.health.status('partitions', () =>
    [...pipeline.lanes].map(([key, lane]) => statusOf(key, lane, clock.wallMs())),
  )
  context.health.status('halted', () =>
    [...pipeline.halted].map(([partition, { code, message }]) => ({ partition, code, message })),
  )
  context.health.status('memory', () => ({ usedBytes: budget.usedBytes, peakBytes: budget.peakBytes }))
  context.health.status('untilEnd', () => (untilEnd === undefined ? null : { left: untilEnd.left }))
  return context.progress(() => progressLine(options))
}

/** `1234567 records, 12 objects, 720 MB, 3 rejected, lag 0`. */
function progressLine({ pipeline, events, untilEnd }: ReportOptions): string {
  const { records, objects, deadObjects, bytes, rejected } = events.totals
  const lanes = [...pipeline.lanes.values()]
  const open = lanes.reduce((sum, lane) => sum + lane.records, 0)
  const lag = lanes.reduce((sum, lane) => sum + (lagOfLane(lane) ?? 0n), 0n)
  const parts = [
    `${records} records stored`,
    `${open} being collected`,
    `${objects + deadObjects} objects`,
    formatSize(bytes),
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    `lag ${lag}`,
    ...(untilEnd === undefined ? [] : [`${untilEnd.left.length} partitions to go`]),
  ]
  return parts.join(', ')
}

function statusOf(key: string, lane: Lane, nowMs: number): Record<string, unknown> {
  const { next, stored, committed } = lane.offsets
  return {
    partition: key,
    epoch: lane.chain.place.epoch,
    position: next.toString(),
    stored: stored.toString(),
    committed: committed?.toString() ?? null,
    highWatermark: lane.highWatermark?.toString() ?? null,
    lag: lagOfLane(lane)?.toString() ?? null,
    oldestUnstoredAgeMs: oldestAgeMs(lane, nowMs) ?? null,
    openRecords: lane.records,
    openBytes: lane.bytes,
    isStoring: lane.isStoring,
  }
}

/** Undefined until the first batch has told where the log ends. */
function lagOfLane(lane: Lane): bigint | undefined {
  return lane.highWatermark === undefined ? undefined : lagOf(lane.highWatermark, lane.offsets.stored)
}

/** 0 when nothing is left to store. Undefined when the next record was not read yet, or has no time. */
function oldestAgeMs(lane: Lane, nowMs: number): number | undefined {
  const timestamp = lane.oldestTimestamp
  if (timestamp === undefined) return lagOfLane(lane) === 0n ? 0 : undefined
  return timestamp < 0n ? undefined : Math.max(0, nowMs - Number(timestamp))
}
