/** Topics with records in them, and what a lake holds, read without any code of the app. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { openAdmin } from '@pinpipe/kafka/admin'
import type { KafkaConnection } from '@pinpipe/kafka/connection'
import { openProducer } from '@pinpipe/kafka/producer'
import { unique } from '@pinpipe/local-stack/stack-test'

export type TestTopic = {
  readonly topic: string
  readonly connection: KafkaConnection
  /** Appends the values; their keys are their numbers in the call. */
  readonly send: (
    partition: number,
    values: readonly (string | Buffer)[],
    options?: { readonly transaction?: boolean },
  ) => Promise<void>
}

/** A new topic of the given name (unique unless given). */
export async function makeTopic(
  bootstrapServers: string,
  options: { readonly partitions?: number; readonly topic?: string } = {},
): Promise<TestTopic> {
  const topic = options.topic ?? unique('pin')
  const connection: KafkaConnection = { clientId: 'test', brokers: [bootstrapServers], tls: false }
  await using admin = await openAdmin(connection)
  await admin.createTopics([{ topic, partitions: options.partitions ?? 1, replicationFactor: 1 }])
  return {
    topic,
    connection,
    async send(partition, values, { transaction = false } = {}) {
      await using producer = await openProducer(
        connection,
        transaction ? { transactionalId: unique('tx') } : {},
      )
      for (let at = 0; at < values.length; at += 200) {
        const records = values.slice(at, at + 200).map((value, i) => ({ key: String(at + i), value }))
        await producer.send({ topic, partition, records })
      }
    },
  }
}

/** `{"n":0}` … */
export function numbered(count: number, from = 0, padding = ''): string[] {
  return Array.from({ length: count }, (_, i) => JSON.stringify({ n: from + i, ...(padding && { padding }) }))
}

/** All objects below the folder, by key; `_tmp` and `_chain` left out. */
export async function objectsIn(folder: string): Promise<Map<string, Buffer>> {
  const objects = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const key = path.slice(folder.length + 1)
    if (entry.isFile() && !key.startsWith('_')) objects.set(key, await readFile(path))
  }
  return objects
}

/** The lines of an object, unpacked by the end of its name. */
export function linesOf(key: string, bytes: Buffer): string[] {
  const plain = key.endsWith('.gz')
    ? gunzipSync(bytes)
    : key.endsWith('.zst')
      ? zstdDecompressSync(bytes)
      : bytes
  return plain.toString().split('\n').slice(0, -1)
}

/** The lines of all data objects of the topic, in the order of partitions and offsets. */
export async function dataLines(folder: string, topic: string): Promise<string[]> {
  const objects = [...(await objectsIn(folder))].filter(([key]) => key.startsWith(`topics/${topic}/`))
  return objects.toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, bytes]) => linesOf(key, bytes))
}

/** Commits of a group, as the cluster has them. */
export async function committedIn(
  connection: KafkaConnection,
  group: string,
  topic: string,
): Promise<(bigint | undefined)[]> {
  await using admin = await openAdmin(connection)
  const committed = await admin.committedOffsets(group, topic)
  return committed.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset)
}
