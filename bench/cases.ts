/** What is measured: each case is one command, what proves that it did its work, and how its times are read. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { type BenchStack } from './bench-stack.ts'
import { checkLake, objectsOfBucket, objectsOfFolder } from './lake-check.ts'
import { type Command, type Measured, measure } from './measure.ts'
import { type Run } from './table.ts'
import { type LoadedTopic } from './topic.ts'

export type Case = {
  /** What `--only` is matched with, and the row's name in the table. */
  readonly name: string
  readonly kind: 'consumer' | 'producer'
  /** `nodeOptions` go before the app's file: a profile is taken with them. */
  readonly run: (nodeOptions?: readonly string[]) => Promise<Run>
}

const compressions = ['none', 'gzip', 'zstd'] as const
const validations = ['none', 'json', 'schema'] as const
const lakes = ['folder', 'versitygw'] as const

/** The cases that read the loaded topic: the bare drains first. */
export function consumerCases(stack: BenchStack, topic: LoadedTopic): readonly Case[] {
  return [
    { name: 'kcat drain', kind: 'consumer', run: () => kcatDrain(stack, topic) },
    { name: 'kafkajs drain', kind: 'consumer', run: (options) => kafkajsDrain(stack, topic, options) },
    {
      // The consumer sets this flag for itself. Without it a drain is fast or slow by chance: see RESULTS.md.
      name: 'kafkajs drain, V8 without pretenuring',
      kind: 'consumer',
      run: (options = []) => kafkajsDrain(stack, topic, ['--no-allocation-site-pretenuring', ...options]),
    },
    ...lakes.flatMap((lake) =>
      compressions.flatMap((compression) =>
        // Compression and validation do not depend on each other: each is varied alone.
        validations
          .filter((validation) => compression === 'none' || validation === 'none')
          .map((validate): Case => ({
            name: `consumer to ${lake}, ${compression}, --validate ${validate}`,
            kind: 'consumer',
            run: (options) => consume(stack, topic, { lake, compression, validate, options }),
          })),
      ),
    ),
  ]
}

/** The cases that send `posts` generated posts, three records each. */
export function producerCases(stack: BenchStack, posts: number): readonly Case[] {
  return compressions.map((compression) => ({
    name: `producer, ${compression}`,
    kind: 'producer',
    run: (options) => produce(stack, posts, { compression, options }),
  }))
}

async function kcatDrain(stack: BenchStack, topic: LoadedTopic): Promise<Run> {
  const args = ['-C', '-b', stack.kafka.bootstrapServers, '-t', topic.topic, '-e', '-q', '-f', '']
  // It joins no group and starts in no time: its whole run is the drain.
  return runOf(await measure({ command: 'kcat', args }, stack.servers), topic)
}

async function kafkajsDrain(
  stack: BenchStack,
  { topic, records, contentBytes }: LoadedTopic,
  options: readonly string[] = [],
): Promise<Run> {
  const drain = join(import.meta.dirname, 'kafkajs-drain.ts')
  const args = [...options, drain, stack.kafka.bootstrapServers, topic, String(records)]
  const measured = await measure({ command: process.execPath, args }, stack.servers)
  const told = JSON.parse(measured.stdout) as { records: number; drainMs: number }
  if (told.records !== records) throw new Error(`kafkajs saw ${told.records} records`)
  return runOf(measured, { records, contentBytes }, told.drainMs)
}

async function consume(
  stack: BenchStack,
  topic: LoadedTopic,
  how: {
    readonly lake: (typeof lakes)[number]
    readonly compression: string
    readonly validate: string
    readonly options: readonly string[] | undefined
  },
): Promise<Run> {
  const id = `bench-${randomUUID()}`
  const folder = how.lake === 'folder' ? join(stack.work, 'lake', id) : join(stack.s3.folder, 'buckets', id)
  if (how.lake === 'versitygw') await stack.s3.createBucket(id)
  const lake = how.lake === 'folder' ? `dir:${folder}` : `s3://${id}`
  const command = appCommand(stack, 'consumer', how.options, {
    topics: topic.topic,
    group: id,
    'until-end': 'true',
    lake,
    compression: how.compression,
    validate: how.validate,
  })
  const measured = await measure({ ...command, env: { ...command.env, ...stack.s3.env } }, stack.servers)
  const objects = how.lake === 'folder' ? await objectsOfFolder(folder) : await objectsOfBucket(stack.s3, id)
  await checkLake(objects, topic)
  await rm(folder, { recursive: true, force: true })
  return {
    ...runOf(measured, topic, drainMsOf(measured.stderr)),
    objects: objects.length,
    storedBytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

async function produce(
  stack: BenchStack,
  posts: number,
  how: { readonly compression: string; readonly options: readonly string[] | undefined },
): Promise<Run> {
  const prefix = `bench-${randomUUID()}`
  const topics = catalogue.map((table) => topicOf(prefix, table))
  await stack.admin.createTopics(topics.map((topic) => ({ topic, partitions: 3, replicationFactor: 1 })))
  const command = appCommand(stack, 'producer', how.options, {
    source: `generate:${posts}`,
    mode: 'sequential',
    'topic-prefix': prefix,
    compression: how.compression,
  })
  const measured = await measure(command, stack.servers)
  const told = JSON.parse(measured.stdout) as { acked: number; valueBytes: number; durationMs: number }
  for (const topic of topics) {
    // oxlint-disable-next-line no-await-in-loop -- three questions
    const ends = await stack.admin.watermarks(topic)
    const records = ends.reduce((sum, { high }) => sum + Number(high), 0)
    if (records !== posts) throw new Error(`${topic} holds ${records} records, not ${posts}`)
  }
  await stack.admin.deleteTopics(topics)
  const contentBytes = told.valueBytes + told.acked
  return runOf(measured, { records: told.acked, contentBytes }, told.durationMs)
}

function appCommand(
  stack: BenchStack,
  app: 'producer' | 'consumer',
  options: readonly string[] | undefined,
  flags: Readonly<Record<string, string>>,
): Command {
  return {
    command: process.execPath,
    args: [
      ...(options ?? []),
      stack.bundleOf(app),
      ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    ],
    env: { KAFKA_BROKERS: stack.kafka.bootstrapServers, LOG_LEVEL: 'debug', LOG_FORMAT: 'json' },
  }
}

/** From the assignment of the partitions to the last stored range, as the consumer's own log tells (a line a range). */
function drainMsOf(log: string): number {
  const times = { assigned: 0, stored: 0 }
  for (const line of log.split('\n').filter((text) => text.startsWith('{'))) {
    const { msg, time } = JSON.parse(line) as { msg: string; time: string }
    if (msg === 'partitions assigned') times.assigned ||= Date.parse(time)
    if (msg === 'range stored') times.stored = Date.parse(time)
  }
  if (times.assigned === 0 || times.stored === 0)
    throw new Error('The log does not tell when ranges were stored.')
  return times.stored - times.assigned
}

function runOf(
  measured: Measured,
  { records, contentBytes }: Pick<LoadedTopic, 'records' | 'contentBytes'>,
  drainMs?: number,
): Run {
  const { wallMs, cpuMs, serversCpuMs, peakRssBytes, othersShare } = measured
  return { drainMs, wallMs, cpuMs, serversCpuMs, peakRssBytes, othersShare, records, contentBytes }
}
