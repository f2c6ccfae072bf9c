/**
 * What every scenario stands on: a topic on a broker, a lake, a folder for ledger, history and logs; and in the end the
 * checker's verdict, which becomes a line of the figures.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openAdmin } from '@pinpipe/kafka/admin'
// oxlint-disable-next-line no-restricted-imports -- deleting records is not for the apps' port
import { Kafka, logLevel, type Admin, type Message } from 'kafkajs'
import { startEmbeddedKafka, type EmbeddedKafka } from '@pinpipe/embedded-kafka'
import type { S3Access } from '@pinpipe/local-stack/s3-access'
import { check, readLogFor, type Evidence } from './check.ts'
import type { HistorySample } from './check-history.ts'
import type { LedgerEntry } from './check-producer.ts'
import type { CheckReport } from './finding.ts'
import { noteFigures, type Figures } from './figures.ts'
import { Fleet, type Exit, type FleetOptions, type Launch } from './fleet.ts'
import { jsonLines } from './json-lines.ts'
import { openLakeReader } from './lake-reader.ts'
import { LoadDriver, type LoadMix } from './load-driver.ts'
import { dumpLog } from './log-dump.ts'
import { startSampler, type Sampler } from './sampler.ts'

export type GroundOptions = {
  readonly scenario: string
  readonly seed: number
  readonly bundle: string
  readonly partitions: number
  /** Where the lake is; a folder unless given. */
  readonly s3?: S3Access | undefined
  /** Ends the name of the topic: `.geo` for one of the catalogue. */
  readonly suffix?: string
  /** `host:port` of a running Kafka; an embedded one is started unless given. */
  readonly brokers?: string | undefined
  /** Short (`1s`), so that what died is missed soon, unless given. */
  readonly sessionTimeout?: string
  /** Arguments of every consumer, beside topics, group, lake and broker. */
  readonly args?: readonly string[]
}

/** What a scenario returns. */
export type Outcome = Figures & {
  /** Processes that ended, or did not end, and nobody had ordered it. */
  readonly unexpected: readonly string[]
}

export class ProvingGround implements AsyncDisposable {
  readonly #options: GroundOptions
  readonly #resources: AsyncDisposableStack
  #senders = 0
  #fleets = 0
  readonly #startedAt = performance.now()
  readonly topics: string[]
  readonly brokers: string
  /** Undefined when the broker is a real one. */
  readonly embedded: EmbeddedKafka | undefined
  readonly folder: string
  /** What `--lake` takes. */
  readonly lake: string
  /** Variables of every consumer. */
  readonly env: Readonly<Record<string, string>>
  readonly group: string
  /** The topics that consumers take; all of them unless set. */
  consumed: readonly string[] | undefined

  /** Starts what is needed; the first topic is there. */
  static async open(options: GroundOptions): Promise<ProvingGround> {
    await using resources = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), `pinpipe-${options.scenario}-`))
    resources.defer(() => rm(folder, { recursive: true, force: true }))
    const embedded =
      options.brokers === undefined ? resources.use(await startEmbeddedKafka({ brokers: 2 })) : undefined
    const brokers = options.brokers ?? embedded?.bootstrapServers ?? ''
    const bucket = unique('reliability')
    await options.s3?.createBucket(bucket)
    const lake = options.s3 === undefined ? `dir:${join(folder, 'lake')}` : `s3://${bucket}/lake`
    const topics = [await createTopic(brokers, options)]
    return new ProvingGround(options, { folder, embedded, brokers, lake, topics }, resources.move())
  }

  private constructor(
    options: GroundOptions,
    facts: Pick<ProvingGround, 'folder' | 'embedded' | 'brokers' | 'lake' | 'topics'>,
    resources: AsyncDisposableStack,
  ) {
    this.#options = options
    this.#resources = resources
    this.folder = facts.folder
    this.embedded = facts.embedded
    this.brokers = facts.brokers
    this.lake = facts.lake
    this.topics = facts.topics
    this.group = unique('group')
    this.env = { KAFKA_BROKERS: facts.brokers, ...options.s3?.env }
  }

  get ledger(): string {
    return join(this.folder, 'ledger.jsonl')
  }

  get history(): string {
    return join(this.folder, 'history.jsonl')
  }

  /** The newest one. */
  get topic(): string {
    return this.topics.at(-1) ?? ''
  }

  /** One more topic, with as many partitions as the first. Returns its name. */
  async addTopic(): Promise<string> {
    const topic = await createTopic(this.brokers, this.#options)
    this.topics.push(topic)
    return topic
  }

  /** Deletes all that a topic holds, as retention does: its partitions begin where they end. */
  async deleteRecords(topic: string): Promise<void> {
    await this.withAdmin(async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic)
      const partitions = ends.map(({ partition, high }) => ({ partition, offset: high }))
      await admin.deleteTopicRecords({ topic, partitions })
    })
  }

  async configureTopic(name: string, value: string): Promise<void> {
    await using admin = await openAdmin(connectionOf(this.brokers))
    await admin.setTopicConfigs(this.topic, { [name]: value })
  }

  async addPartitions(count: number): Promise<void> {
    await this.withAdmin((admin) =>
      admin.createPartitions({ topicPartitions: [{ topic: this.topic, count }] }),
    )
  }

  /** What was sent before is no longer in the log. */
  forgetLedger(): void {
    rmSync(this.ledger, { force: true })
  }

  /** Waits until the sampler has seen a new object after that time; for 20 s at most. */
  async hasGrown(sinceMs: number): Promise<void> {
    for (let patience = 400; patience > 0; patience--) {
      // oxlint-disable-next-line no-await-in-loop
      await sleep(50)
      const isNew = ({ atMs, seen }: HistorySample): boolean => atMs >= sinceMs && seen.length > 0
      if (existsSync(this.history) && lastSamples(this.history).some(isNew)) return
    }
  }

  /** Waits until so many records are stored. A folder of `json` or `envelope` lines, not compressed. */
  async hasStored(records: number): Promise<void> {
    const reader = openLakeReader(this.lake, this.env)
    for (let stored = 0; stored < records;) {
      // oxlint-disable no-await-in-loop
      await sleep(50)
      const objects = await reader.list()
      const contents = await Promise.all(objects.map(({ key }) => reader.read(key)))
      stored = contents.reduce((sum, content) => sum + content.toString().split('\n').length - 1, 0)
      // oxlint-enable no-await-in-loop
    }
  }

  /** The text of all links of a folder's chains. */
  async chainObjects(): Promise<readonly string[]> {
    const root = this.lake.replace(/^dir:/, '')
    const texts: string[] = []
    for await (const file of glob('_chain/*@*/**/*.json', { cwd: root }))
      texts.push(await readFile(join(root, file), 'utf8'))
    return texts
  }

  /** For what the apps' port cannot do. */
  async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka().admin()
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      await admin.disconnect()
    }
  }

  /** The embedded broker need not wait until the sessions of the dead are over. */
  forgetMembers(): void {
    if (this.embedded?.group(this.group) !== undefined) this.embedded.faults.expireSessions(this.group)
  }

  /** A driver that writes to all topics, also to those that are added later. */
  load(mix: LoadMix = {}): LoadDriver {
    const { topics, brokers, ledger } = this
    const { partitions, seed } = this.#options
    const sender = `${this.#options.scenario}-${seed}-${++this.#senders}`
    return this.#resources.use(new LoadDriver({ ...mix, topics, partitions, brokers, ledger, seed, sender }))
  }

  /** Sends records as they are, one after the other, to partition 0 of the topic. Returns how many there are. */
  async sendRecords(records: readonly Omit<Message, 'partition'>[]): Promise<number> {
    const producer = this.#kafka().producer()
    await producer.connect()
    for (const { value, key, headers, timestamp } of records) {
      const message = {
        partition: 0,
        value,
        ...(key !== undefined && { key }),
        ...(headers !== undefined && { headers }),
        ...(timestamp !== undefined && { timestamp }),
      }
      // oxlint-disable-next-line no-await-in-loop -- batches of one: a size is that of the record
      await producer.send({ topic: this.topic, acks: -1, messages: [message] })
    }
    await producer.disconnect()
    return records.length
  }

  /** Consumers of all topics that there are when they start; with another group they are another deployment. */
  fleet(options: Partial<FleetOptions & { readonly group: string }> = {}): Fleet {
    const { bundle, args: common = [], sessionTimeout = '1s' } = this.#options
    const { args = [], env = {}, moreArgs = () => [], group = this.group, ...rest } = options
    const own = ['--group', group, '--lake', this.lake, '--session-timeout', sessionTimeout]
    return this.#resources.use(
      new Fleet({
        name: `fleet-${++this.#fleets}`,
        ...rest,
        bundle,
        folder: this.folder,
        args: [...own, ...common, ...args],
        env: { ...this.env, ...env },
        moreArgs: () => ['--topics', (this.consumed ?? this.topics).join(','), ...moreArgs()],
      }),
    )
  }

  /** A consumer that stores what there is and ends. The broker forgets it at once if it dies. */
  async storeAll(fleet: Fleet, { args = [], ...launch }: Launch = {}): Promise<Exit> {
    const exit = await fleet.join({ ...launch, args: ['--until-end', ...args], comesBack: false }).exited
    if (exit.signal !== null) this.forgetMembers()
    return exit
  }

  /** Watches commits and lake until it is stopped. */
  async sample(groups: readonly string[] = [this.group]): Promise<Sampler> {
    const { brokers, topics, lake, env, history: file } = this
    return this.#resources.use(await startSampler({ brokers, groups, topics, lake, env, file }))
  }

  /** Another command of the consumer: `new-epoch`. Rejects when it fails. Returns what it printed. */
  async operate(command: string, args: readonly string[] = []): Promise<string> {
    // oxlint-disable-next-line no-restricted-globals -- the search path of this process
    const env = { PATH: process.env['PATH'], ...this.env }
    const words = [this.#options.bundle, command, '--lake', this.lake, ...args]
    const { stdout, stderr } = await promisify(execFile)(process.execPath, words, { env })
    return stdout + stderr
  }

  /**
   * Of each partition of the topic: what the group has committed, and how much that is behind the last stable offset (the
   * end of what a consumer may read).
   */
  async progress(): Promise<readonly { readonly committed: number; readonly lag: number }[]> {
    const [ends, groups] = await this.withAdmin((admin) =>
      Promise.all([
        admin.fetchTopicOffsets(this.topic),
        admin.fetchOffsets({ groupId: this.group, topics: [this.topic] }),
      ]),
    )
    return ends
      .toSorted((a, b) => a.partition - b.partition)
      .map(({ partition, high }) => {
        const offsets = groups.flatMap(({ partitions }) => partitions)
        const offset = offsets.find((one) => one.partition === partition)?.offset ?? '0'
        const committed = Math.max(0, Number(offset))
        return { committed, lag: Number(high) - committed }
      })
  }

  /** What is in the lake for readers, with what tells that an object is still the same. */
  async listLake(): Promise<readonly string[]> {
    const objects = await openLakeReader(this.lake, this.env).list()
    return objects.map(({ key, content }) => `${key} ${content}`).toSorted()
  }

  /** What the checker says of log, ledger, lake and, if there is one, history. */
  async check(more: Partial<Evidence> = {}): Promise<CheckReport> {
    const dumps: string[] = []
    for (const topic of this.topics) {
      const file = join(this.folder, `${topic}.log`)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await dumpLog(this.brokers, topic, file)
      dumps.push(file)
    }
    const lake = openLakeReader(this.lake, this.env)
    return await check({
      log: await readLogFor(lake, dumps),
      lake,
      ...(existsSync(this.ledger) && { ledger: jsonLines<LedgerEntry>(this.ledger) }),
      ...(existsSync(this.history) && { history: jsonLines<HistorySample>(this.history) }),
      ...more,
    })
  }

  /** The checker's verdict and what happened, noted as a line of the figures; `faults` are those that no fleet counts. */
  async conclude(
    fleets: readonly Fleet[],
    faults: Outcome['faults'] = {},
    more: Partial<Pick<Outcome, 'report' | 'worstRecoveryMs'>> = {},
  ): Promise<Outcome> {
    const { scenario, seed, s3 } = this.#options
    const figures: Figures = {
      scenario,
      kafka: this.embedded === undefined ? 'apache' : 'embedded',
      lake: s3 === undefined ? 'folder' : 's3',
      seed,
      faults: sumOf([...fleets.map((fleet) => fleet.faults), faults]),
      report: more.report ?? (await this.check()),
      durationMs: Math.round(performance.now() - this.#startedAt),
      ...more,
    }
    noteFigures(figures)
    return { ...figures, unexpected: fleets.flatMap(({ unexpected }) => unexpected) }
  }

  #kafka(): Kafka {
    return new Kafka({ clientId: 'operator', brokers: this.brokers.split(','), logLevel: logLevel.NOTHING })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync()
  }
}

async function createTopic(
  brokers: string,
  { scenario, partitions, suffix = '' }: Pick<GroundOptions, 'scenario' | 'partitions' | 'suffix'>,
): Promise<string> {
  const topic = unique(scenario) + suffix
  await using admin = await openAdmin(connectionOf(brokers))
  await admin.createTopics([{ topic, partitions, replicationFactor: 1 }])
  return topic
}

function sumOf(counts: readonly Outcome['faults'][]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const [fault, count] of counts.flatMap((one) => Object.entries(one)))
    sum[fault] = (sum[fault] ?? 0) + count
  return sum
}

/** The last samples of a history: as many as there are in 64 KiB. */
function lastSamples(file: string): readonly HistorySample[] {
  const text = readFileSync(file)
    .subarray(-64 * 1024)
    .toString()
  return text
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as HistorySample)
}

function connectionOf(brokers: string) {
  return { clientId: 'scenario', brokers: brokers.split(','), tls: false } as const
}

/** A name that no other run has. */
function unique(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString('hex')}`
}
