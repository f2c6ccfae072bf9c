/** A pipeline over a group that is played by hand: the test assigns, delivers and revokes, and sees every call back. */
import type { ConsumerHandlers, TopicPartition, TopicPartitionOffset } from '@pinpipe/kafka/record-consumer'
import { Health } from '@pinpipe/service/health'
import { createLogger } from '@pinpipe/service/logger'
import { Metrics } from '@pinpipe/service/metrics'
import { processRedactor } from '@pinpipe/service/redaction'
import { Chains } from '../chain/chains.ts'
import type { Log } from '../chain/resume.ts'
import { outputSettingsOf } from '../chain/output-settings.ts'
import { encodingOf } from '../format/encoding.ts'
import { Events } from '../events.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { keyOf } from '../partition-key.ts'
import { Pipeline } from '../pipeline.ts'
import { Recovery } from '../recovery.ts'
import { HandClock, MemoryStore, turns } from './records.ts'
import type { Limits } from '../triggers.ts'
import type { UntilEnd } from '../until-end.ts'

export type HandOptions = {
  readonly limits?: Partial<Limits>
  readonly budget?: MemoryBudget
  readonly store?: MemoryStore
  readonly untilEnd?: UntilEnd
  /** What the group has committed before; every log starts at 0. */
  readonly committed?: ReadonlyMap<number, bigint>
  readonly isCompacted?: boolean
  /** Of every partition. */
  readonly log?: Log
  readonly compression?: 'none' | 'gzip'
  readonly onSourceGap?: 'halt' | 'record'
  /** Whether the group takes a commit; it may throw. */
  readonly takes?: (offsets: readonly TopicPartitionOffset[]) => boolean
}

/** Stands for a broker's group: keeps commits, and what is paused. */
class HandGroup {
  readonly committed: Map<number, bigint>
  readonly commits: string[] = []
  readonly paused = new Set<string>()
  readonly seeks: string[] = []
  readonly #takes: (offsets: readonly TopicPartitionOffset[]) => boolean
  readonly #isCompacted: boolean
  readonly #log: Log
  readonly #stopped = Promise.withResolvers<void>()
  handlers: ConsumerHandlers | undefined
  isStopped = false

  constructor({ committed, takes, isCompacted = false, log }: HandOptions) {
    this.#isCompacted = isCompacted
    this.#log = log ?? { low: 0n, high: 1_000n }
    this.committed = new Map(committed)
    this.#takes = takes ?? (() => true)
  }

  run(handlers: ConsumerHandlers): Promise<void> {
    this.handlers = handlers
    return this.#stopped.promise
  }

  crash(error: Error): void {
    this.#stopped.reject(error)
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<boolean> {
    if (this.isStopped) throw new Error('a stopped consumer sends no commit')
    if (!this.#takes(offsets)) return false
    for (const { partition, offset } of offsets) {
      this.committed.set(partition, offset)
      this.commits.push(`${partition}:${offset}`)
    }
    return true
  }

  seek({ partition, offset }: TopicPartitionOffset): void {
    this.seeks.push(`${partition}:${offset}`)
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.paused.add(keyOf(at))
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) this.paused.delete(keyOf(at))
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.#stopped.resolve()
  }

  async watermarks() {
    return Array.from({ length: 64 }, (_, partition) => ({ partition, ...this.#log }))
  }

  async logs(topic: string) {
    return (await this.watermarks()).map((log) => ({ ...log, topic, topicId: log.topicId }))
  }

  async topicConfigs(topics: readonly string[]) {
    const policy = {
      name: 'cleanup.policy',
      value: this.#isCompacted ? 'compact' : 'delete',
      source: 'topic',
      sensitive: false,
      readOnly: false,
    } as const
    return new Map(topics.map((topic) => [topic, [policy]]))
  }

  async offsetsAt(): Promise<ReadonlyMap<number, bigint>> {
    return new Map()
  }

  async committedOffsets(): Promise<{ partition: number; offset: bigint | undefined }[]> {
    return [...this.committed].map(([partition, offset]) => ({ partition, offset }))
  }
}

/** A running pipeline with all its parts. `ended` is what `run` resolves or rejects with. */
export function startPipeline(options: HandOptions = {}) {
  const { limits, budget = new MemoryBudget(1 << 24), store = new MemoryStore(), untilEnd } = options
  const group = new HandGroup(options)
  const clock = new HandClock()
  const logs: string[] = []
  const log = createLogger({
    app: 'consumer',
    level: 'debug',
    format: 'json',
    redactor: processRedactor,
    write: (line) => logs.push(line),
  })
  const health = new Health()
  const events = new Events(log, new Metrics('consumer'), health)
  const chains = new Chains(store, clock)
  const encoding = encodingOf(
    outputSettingsOf({
      format: 'json',
      compression: { kind: options.compression ?? 'none', level: options.compression === 'gzip' ? 1 : 0 },
      validate: 'json',
    }),
  )
  const pipeline = new Pipeline({
    consumer: group,
    positions: group,
    recovery: new Recovery({
      chains,
      positions: group,
      group: 'g',
      startPolicy: { kind: options.committed === undefined ? 'earliest' : 'committed' },
      onSourceGap: options.onSourceGap ?? 'halt',
      clock,
    }),
    landing: { store, chains, budget },
    encoding,
    limits: { maxRecords: undefined, maxBytes: 1 << 20, maxAgeMs: 60_000, ...limits },
    budget,
    untilEnd,
    events,
    clock,
  })
  const drain = new AbortController()
  const ended = pipeline.run(drain.signal)
  ended.catch(() => undefined)
  const assign = async (...partitions: number[]): Promise<ReadonlyMap<string, bigint>> =>
    await pipeline.assigned(partitions.map((partition) => ({ topic: 't', partition })))
  const revoke = async (...partitions: number[]): Promise<void> =>
    await pipeline.revoked(partitions.map((partition) => ({ topic: 't', partition })))
  return { pipeline, group, health, clock, logs, events, store, budget, drain, ended, assign, revoke, turns }
}

/** Holds every create up until it is let through. */
export class Gate {
  readonly waiting: string[] = []
  #open = Promise.withResolvers<void>()

  readonly pass = async (object: { readonly key: string }): Promise<void> => {
    this.waiting.push(object.key)
    await this.#open.promise
  }

  /** Lets through what waits and what comes; `close` shuts it again. */
  open(): void {
    this.#open.resolve()
  }

  close(): void {
    this.#open = Promise.withResolvers<void>()
  }
}
