/**
 * The embedded broker beside Apache Kafka: what one of Kafka's tools is told by both must be the same, to the letter
 * but for addresses, ids and times of the day.
 */

import { type JavaTool, runJavaTool } from '@pinpipe/local-stack/java-tools'
import { type KafkaVersion } from '@pinpipe/local-stack/maven-jars'
import { type Outcome, type RunOptions } from '@pinpipe/local-stack/run-program'
import { unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { createTopics } from '../../api/create-topics.ts'
import { untilCoordinated } from '../../contract/contract.ts'
import { type EmbeddedKafka, startEmbeddedKafka } from '../../embedded-kafka.ts'
import { type NewRecord } from '../../log/records.ts'
import { batchOf } from '../../testing/batches.ts'
import { offsetFor, send } from '../../testing/calls.ts'
import { WireClient } from '../../testing/wire-client.ts'

type ToolOptions = RunOptions & {
  readonly version?: KafkaVersion
  /** Rows come in an order that is no promise of the tool's. */
  readonly anyOrder?: boolean
}

export class KafkaPair implements AsyncDisposable {
  readonly apache: string
  readonly #embedded: EmbeddedKafka

  private constructor(apache: string, embedded: EmbeddedKafka) {
    this.apache = apache
    this.#embedded = embedded
  }

  /** Starts an embedded broker with a single node, as the Apache Kafka of the stack. */
  static async open(apache: string): Promise<KafkaPair> {
    await untilCoordinated(apache)
    return new KafkaPair(apache, await startEmbeddedKafka())
  }

  get embedded(): string {
    return this.#embedded.bootstrapServers
  }

  /** Does the same to both at the same time; the embedded broker's result comes first. */
  async onBoth<T>(act: (bootstrapServers: string) => Promise<T>): Promise<readonly [T, T]> {
    return await Promise.all([act(this.embedded), act(this.apache)])
  }

  /** A new topic with the same name on both. Records stay, however old their timestamps are. */
  async topic(partitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = unique('foreign')
    await this.onBoth(
      async (servers) => await createTopic(servers, name, partitions, { 'retention.ms': '-1', ...configs }),
    )
    return name
  }

  /** Writes one batch to a partition of both. */
  async fill(
    topic: string,
    partition: number,
    values: readonly (string | NewRecord)[],
    baseTimestamp = Date.now(),
  ): Promise<void> {
    const batch = batchOf(values, { baseTimestamp, maxTimestamp: baseTimestamp })
    await this.onBoth(async (servers) => {
      await using client = await WireClient.open(servers)
      const { errorCode } = await send(client, topic, batch, { partition })
      if (errorCode !== 0) throw new Error(`${servers} refused the batch: error ${errorCode}`)
    })
  }

  /**
   * Runs a tool against both and expects the same exit code and the same stdout.
   * @returns what it wrote about the embedded broker, in the form that was compared
   */
  async run(tool: JavaTool, args: readonly string[], options: ToolOptions = {}): Promise<Outcome> {
    const flag =
      tool === 'kafka-get-offsets' && options.version === '2.8.1' ? '--broker-list' : '--bootstrap-server'
    const [embedded, apache] = await this.onBoth(async (servers) => {
      const outcome = await runJavaTool(tool, [flag, servers, ...args], options)
      return { ...outcome, stdout: comparable(outcome.stdout, servers, options.anyOrder ?? false) }
    })
    expectSame(embedded, apache)
    return embedded
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#embedded.close()
  }
}

/** What the tool logs is not compared, but shown when something else differs. */
function expectSame(embedded: Outcome, apache: Outcome): void {
  if (embedded.code === apache.code && embedded.stdout === apache.stdout) return
  expect(embedded).toEqual(apache)
}

/** Returns when the broker leads all partitions: Apache Kafka takes a moment. */
async function createTopic(
  servers: string,
  name: string,
  partitions: number,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  await using client = await WireClient.open(servers)
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const wish = { name, numPartitions: partitions, replicationFactor: 1, configs: entries }
  const { topics } = await client.call(createTopics, { topics: [wish] })
  expect(topics[0]?.errorMessage ?? null).toBeNull()
  for (let partition = 0; partition < partitions; partition++)
    while ((await offsetFor(client, name, -1n, { partition })).errorCode !== 0);
}

/** Without what differs from run to run: addresses, topic ids, the time of a log line, where an exception passed by. */
function comparable(stdout: string, servers: string, anyOrder: boolean): string {
  const lines = stdout
    .replaceAll(servers, 'host:port')
    .replaceAll(/TopicId: \S+/g, 'TopicId: id')
    .replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /gm, '')
    .split('\n')
    .filter((line) => !line.startsWith('\tat '))
    .map((line) => line.trimEnd())
  return (anyOrder ? lines.toSorted() : lines).join('\n').trim()
}
