/**
 * Looks at the commits and the lake while the sink works, and writes what it sees as `HistorySample`s into a file. The
 * order matters: commits first, then the lake. What was committed then must be in the lake that is listed after it.
 */
import { appendFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
// oxlint-disable-next-line no-restricted-imports -- the sink's own client is what is watched
import { Kafka, logLevel } from 'kafkajs'
import type { HistorySample } from './check-history.ts'
import { openLakeReader } from './lake-reader.ts'

export type SamplerOptions = {
  readonly brokers: string
  /** Groups whose commits are watched. */
  readonly groups: readonly string[]
  readonly topics: readonly string[]
  /** A folder, or `s3://bucket/prefix`. */
  readonly lake: string
  /** The history's file; lines are added. */
  readonly file: string
  /** Pause between two looks. Default 100 ms. */
  readonly everyMs?: number
  /** Settings of S3. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export type Sampler = AsyncDisposable & {
  /** Takes a last sample and ends. Returns how many there are. */
  stop(): Promise<number>
}

/** Samples until it is stopped. A look during which the cluster or the store does not answer is left out. */
export async function startSampler(options: SamplerOptions): Promise<Sampler> {
  const { brokers, groups, topics, file, everyMs = 100 } = options
  const kafka = new Kafka({ clientId: 'sampler', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const admin = kafka.admin({ retry: { initialRetryTime: 50, retries: 2 } })
  await admin.connect()
  const lake = openLakeReader(options.lake, options.env)
  const stopped = new AbortController()
  let known = new Map<string, string>()
  let samples = 0
  const running = sampleUntilStopped()

  async function sampleUntilStopped(): Promise<void> {
    while (!stopped.signal.aborted) {
      await sample().catch(() => undefined)
      await sleep(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined)
    }
  }

  async function sample(): Promise<void> {
    const committed: HistorySample['committed'][number][] = []
    for (const groupId of groups) {
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
        for (const { partition, offset } of partitions) {
          if (offset !== '-1') committed.push({ topic, partition, offset })
        }
      }
    }
    const listed = new Map((await lake.list()).map(({ key, content }) => [key, content]))
    const seen = [...listed].filter(([key, content]) => known.get(key) !== content)
    const gone = [...known.keys()].filter((key) => !listed.has(key))
    known = listed
    const line: HistorySample = {
      atMs: Date.now(),
      committed,
      seen: seen.map(([key, content]) => ({ key, content })),
      gone,
    }
    await appendFile(file, `${JSON.stringify(line)}\n`)
    samples++
  }

  async function stop(): Promise<number> {
    if (!stopped.signal.aborted) {
      stopped.abort()
      await running
      await sample()
      await admin.disconnect()
    }
    return samples
  }
  return {
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop().catch(() => admin.disconnect())
    },
  }
}
