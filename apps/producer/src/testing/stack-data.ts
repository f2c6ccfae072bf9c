import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openAdmin } from '@pinpipe/kafka/admin'
import { samplePost } from '@pinpipe/sample-data/generator'
import { catalogue } from '@pinpipe/schema/catalogue'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { type Row } from '@pinpipe/schema/table'
import { createConnection, type Connection } from 'mysql2/promise'

const run = promisify(execFile)

/** Another client than the producer's, for filling tables and for disturbing connections. */
export async function connectTo(url: string, password: string): Promise<Connection & AsyncDisposable> {
  const { username, hostname, port, pathname } = new URL(url)
  const connection = await createConnection({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
    charset: 'utf8mb4',
  })
  return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.end() })
}

/** Makes the tables of the catalogue and fills them; `rows` by table name. */
export async function fillTables(
  connection: Connection,
  rows: Readonly<Record<string, readonly Row[]>>,
): Promise<void> {
  for (const table of catalogue) {
    await connection.query(createTableSql(table))
    const names = table.columns.map((column) => column.name)
    const values = (rows[table.name] ?? []).map((row) => names.map((name) => row[name]))
    for (let from = 0; from < values.length; from += 500) {
      await connection.query('INSERT INTO ?? (??) VALUES ?', [
        table.name,
        names,
        values.slice(from, from + 500),
      ])
    }
  }
}

/** Rows of the posts 0 … posts-1, by table. */
export function sampleRows(posts: number): Record<string, Row[]> {
  const rows: Record<string, Row[]> = {}
  for (let index = 0; index < posts; index++) {
    for (const [name, row] of Object.entries(samplePost(1, index).rows)) (rows[name] ??= []).push(row)
  }
  return rows
}

export async function createTopics(brokers: string, prefix: string, partitions = 3): Promise<void> {
  await using admin = await openAdmin({ clientId: 'producer-test', brokers: brokers.split(','), tls: false })
  await admin.createTopics(
    catalogue.map((table) => ({ topic: `${prefix}.${table.topicSuffix}`, partitions, replicationFactor: 1 })),
  )
}

export type ReadRecord = {
  readonly partition: number
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: string
}

/** All records of a topic, as kcat prints them. Values must not hold a line break or U+001F. */
export async function readTopic(brokers: string, topic: string): Promise<readonly ReadRecord[]> {
  const format = '%p\u001f%k\u001f%h\u001f%s\\n'
  const { stdout } = await run('kcat', ['-C', '-b', brokers, '-t', topic, '-e', '-q', '-f', format], {
    maxBuffer: 2 ** 28,
  })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [partition = '', key = '', headers = '', value = ''] = line.split('\u001f')
      return {
        partition: Number(partition),
        key,
        headers: Object.fromEntries(headers.split(',').map(pairOf)),
        value,
      }
    })
}

/** The partition that another client, kcat with librdkafka, computes for each key: `murmur2_random`. */
export async function partitionsByKcat(
  brokers: string,
  topic: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const child = run('kcat', [
    '-P',
    '-b',
    brokers,
    '-t',
    topic,
    '-K:',
    '-X',
    'topic.partitioner=murmur2_random',
  ])
  child.child.stdin?.end(keys.map((key) => `${key}:x\n`).join(''))
  await child
  const records = await readTopic(brokers, topic)
  return new Map(
    records.filter((record) => record.value === 'x').map((record) => [record.key, record.partition]),
  )
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=')
  return [text.slice(0, at), text.slice(at + 1)]
}
