/**
 * `verify --against-kafka`: the log still holds what was stored. Reads every range again that the log has wholly, and compares
 * the digest of its records with the link's. The links are followed in the order of offsets: each one's end names the next.
 */
import { KafkaError } from '@pinpipe/kafka/errors'
import type { PartitionLog, ReadOnlyAdmin } from '@pinpipe/kafka/read-only-admin'
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import type { FetchedBatch, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { recordsOf } from '@pinpipe/kafka/record-cursor'
import { chainPrefix, linkKey, type ChainPlace } from '../chain/chain-keys.ts'
import type { Link } from '../chain/link.ts'
import { RecordDigest } from '../chain/record-digest.ts'
import type { Store } from '../lake/store.ts'
import { keyOf } from '../partition-key.ts'
import { chainsIn, readEntry } from './chain-entries.ts'
import { entryAt, latestEntry } from './chain-lookup.ts'
import type { Finding } from './finding.ts'
import { readLogs, type LogSpan, type LogTaker } from './log-reader.ts'

type Logs = Pick<ReadOnlyAdmin, 'logs' | 'topicConfigs'>

export class LogCheck implements LogTaker {
  /** Ranges that were compared. */
  compared = 0
  readonly #store: Store
  readonly #logs: Logs
  readonly #findings: Finding[] = []
  readonly #followed = new Map<string, FollowedChain>()

  constructor(store: Store, logs: Logs) {
    this.#store = store
    this.#logs = logs
  }

  /** Rejects with the store's Failure or a KafkaError. */
  async run(
    connection: KafkaConnection,
    topics: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<readonly Finding[]> {
    const spans = await this.#plan(topics)
    await readLogs(connection, spans, this, signal)
    signal.throwIfAborted()
    return this.#findings
  }

  async take(batch: FetchedBatch): Promise<boolean> {
    const chain = this.#followed.get(keyOf(batch))
    for (const record of recordsOf(batch.records)) {
      if (chain?.link !== undefined && record.offset > chain.link.end) await this.#pass(chain, record.offset)
      chain?.add(record)
    }
    return chain?.link !== undefined
  }

  async passed(at: TopicPartition, nextOffset: bigint): Promise<void> {
    const chain = this.#followed.get(keyOf(at))
    if (chain !== undefined) await this.#pass(chain, nextOffset)
  }

  /** What has to be read of each partition; the latest epoch is the one that the log is of. */
  async #plan(topics: readonly string[] | undefined): Promise<readonly LogSpan[]> {
    const latest = new Map<string, ChainPlace>()
    for await (const place of chainsIn(this.#store, topics)) {
      const before = latest.get(keyOf(place))
      if (before !== undefined)
        this.#note(before, 'is of a topic that was deleted: no log has its records any more')
      latest.set(keyOf(place), place)
    }
    const spans: LogSpan[] = []
    const byTopic = Map.groupBy(latest.values(), ({ topic }) => topic)
    for (const [topic, places] of byTopic) {
      const logs = await this.#logsOf(topic)
      const isCompacted = logs.length > 0 && (await this.#isCompacted(topic))
      for (const place of places) {
        const log = logs.find(({ partition }) => partition === place.partition)
        if (log === undefined) this.#note(place, 'is of a partition that the cluster does not have')
        else spans.push(...(await this.#spanOf(place, log, isCompacted)))
      }
    }
    return spans
  }

  async #spanOf(place: ChainPlace, log: PartitionLog, isCompacted: boolean): Promise<readonly LogSpan[]> {
    const end = await latestEntry(this.#store, place)
    const until = end?.kind === 'link' || end?.kind === 'abandoned' ? frontierOf(end.link) : 0n
    const topicId = end?.kind === 'link' ? end.link.topicId : undefined
    if (topicId !== undefined && log.topicId !== undefined && topicId !== log.topicId) {
      const sentence = `is of the topic with the id ${topicId}, but its id is ${log.topicId} now: it was deleted and made anew`
      this.#findings.push({ code: 'log-changed', key: chainPrefix(place), sentence })
      return []
    }
    if (until > log.high) {
      const sentence = `holds offsets up to ${until - 1n}, but the log ends at ${log.high}: it was truncated`
      this.#findings.push({ code: 'log-changed', key: chainPrefix(place), sentence })
    }
    const from = await this.#firstWhole(place, log.low)
    if (from === undefined) return []
    const chain = new FollowedChain(place, isCompacted)
    this.#followed.set(keyOf(place), chain)
    await this.#follow(chain, from)
    return [
      { topic: place.topic, partition: place.partition, from, until: until < log.high ? until : log.high },
    ]
  }

  /** Where the first range begins of which the log has everything. */
  async #firstWhole(place: ChainPlace, low: bigint): Promise<bigint | undefined> {
    const entry = await entryAt(this.#store, place, low)
    if (entry?.kind === 'genesis') return entry.genesis.start
    if (entry === undefined || entry.kind === 'unreadable') return undefined
    const from = entry.link.start < low ? entry.link.end + 1n : low
    if (from > 0n) this.#note(place, `cannot be compared below offset ${from}: the log begins at ${low}`)
    return from
  }

  /** Everything below the offset was read. */
  async #pass(chain: FollowedChain, offset: bigint): Promise<void> {
    while (chain.link !== undefined && offset > chain.link.end) {
      this.#compare(chain)
      await this.#follow(chain, chain.link.end + 1n)
    }
  }

  async #follow(chain: FollowedChain, start: bigint): Promise<void> {
    const entry = await readEntry(this.#store, chain.place, linkKey(chain.place, start))
    chain.begin(entry?.kind === 'link' && entry.link.kind !== 'end' ? entry.link : undefined)
  }

  #compare({ place, link, digest, records, isCompacted }: FollowedChain): void {
    if (link?.kind !== 'range') return
    this.compared++
    if (digest.hex() === link.digest) return
    const range = `the offsets ${link.start} to ${link.end}`
    const key = linkKey(place, link.start)
    const finding: Finding =
      isCompacted && records < link.records
        ? {
            code: 'compacted',
            key,
            sentence: `claims ${link.records} records of ${range}; the compacted log has ${records} left`,
          }
        : {
            code: 'record-changed',
            key,
            sentence: `claims ${link.records} records of ${range}; the log has ${records} there, and not the same`,
          }
    this.#findings.push(finding)
  }

  #note(place: ChainPlace, sentence: string): void {
    this.#findings.push({ code: 'not-in-log', key: chainPrefix(place), sentence })
  }

  async #logsOf(topic: string): Promise<readonly PartitionLog[]> {
    try {
      return await this.#logs.logs(topic)
    } catch (error) {
      if (error instanceof KafkaError && error.code === 'UNKNOWN_TOPIC') return []
      throw error
    }
  }

  async #isCompacted(topic: string): Promise<boolean> {
    const configs = await this.#logs.topicConfigs([topic])
    const policy = configs.get(topic)?.find(({ name }) => name === 'cleanup.policy')
    return policy?.value?.includes('compact') === true
  }
}

/** The chain of a partition while its log is read: the link that the next record belongs to, and what came for it. */
class FollowedChain {
  readonly place: ChainPlace
  readonly isCompacted: boolean
  link: Link | undefined
  digest = new RecordDigest()
  records = 0

  constructor(place: ChainPlace, isCompacted: boolean) {
    this.place = place
    this.isCompacted = isCompacted
  }

  begin(link: Link | undefined): void {
    this.link = link
    this.digest = new RecordDigest()
    this.records = 0
  }

  add(record: Parameters<RecordDigest['add']>[0]): void {
    if (this.link === undefined || record.offset < this.link.start) return
    this.digest.add(record)
    this.records++
  }
}

/** The first offset that the chain says nothing of. */
function frontierOf(link: Link): bigint {
  return link.kind === 'end' ? link.start : link.end + 1n
}
