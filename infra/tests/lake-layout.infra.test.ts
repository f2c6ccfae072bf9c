/**
 * A lake that the built consumer wrote from Kafka, read by the tables that Terraform rendered: DuckDB looks for the rows where
 * Athena would. (It reads S3 by an extension that it downloads; so the objects of an S3 lake are copied to a folder first.)
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { partitionOf } from '@pinpipe/kafka/partitioner'
import { openProducer } from '@pinpipe/kafka/producer'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { samplePosts } from '@pinpipe/sample-data/generator'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import type { Row } from '@pinpipe/schema/table'
import { encodeRow, keyOf } from '@pinpipe/schema/wire'
import { expect } from 'vitest'
import { createTopics } from '../../e2e/kafka.ts'
import { applyModule } from './apply-module.ts'
import { consumeToEnd } from './consume-to-end.ts'
import { describeTerraform } from './describe-terraform.ts'
import { glueTables, projectedPartitions } from './glue-tables.ts'
import { type Answer, LakeDatabase } from './lake-database.ts'

const partitions = 3
const posts = [...samplePosts({ seed: 7, posts: 120 })]
// A fraction of a second travels too, where the source has one.
const withFraction = { ...posts[5]!.rows['geolocation_data']!, timestamp: '2020-08-28 03:52:47.123456' }

const rowsOf = (table: string): readonly Row[] =>
  posts.map(({ rows, index }) => (table === 'geolocation_data' && index === 5 ? withFraction : rows[table]!))

const lakes = [
  { kind: 'a folder', compression: 'none', extension: '.json' },
  { kind: 'a folder', compression: 'zstd', extension: '.json.zst' },
  { kind: 'S3', compression: 'gzip', extension: '.json.gz' },
] as const

describeTerraform('a lake of the consumer', () => {
  stackTest(
    'is read by partition projection and Glue types row by row, in its partition: in a folder or S3, plain or packed',
    async ({ kafka, s3, onTestFinished }) => {
      const prefix = unique('layout')
      const bucket = unique('pinpipe')
      // Athena looks into one partition more than the topics have: it is empty.
      const tables = glueTables(
        await applyModule({
          module: 'data-bucket',
          variables: { bucket_name: bucket, topic_prefix: prefix, partitions: partitions + 1 },
        }),
      )
      const sent = await send(kafka.bootstrapServers, prefix)
      await s3.createBucket(bucket)

      for (const { kind, compression, extension } of lakes) {
        // oxlint-disable no-await-in-loop -- one lake after the other
        const root = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
        onTestFinished(async () => await rm(root, { recursive: true, force: true }))
        const lake = kind === 'S3' ? `s3://${bucket}/pinpipe` : `dir:${join(root, bucket, 'pinpipe')}`
        const summary = await consumeToEnd(lake, {
          ...s3.env,
          KAFKA_BROKERS: kafka.bootstrapServers,
          TOPIC_PREFIX: prefix,
          PINPIPE_MAX_RECORDS: '25',
          PINPIPE_COMPRESSION: compression,
        })
        expect(summary).toMatchObject({ records: 3 * posts.length, rejected: 0 })
        if (kind === 'S3') await copyBucket(s3, bucket, join(root, bucket))

        using database = await LakeDatabase.open(tables.values(), root)
        for (const table of catalogue) {
          const glue = tables.get(table.name)!
          const topicFolder = database.folderOf(glue.location)
          const stored = await readdir(topicFolder, { recursive: true })
          const objects = stored.filter((name) => name.includes('.json'))
          // More objects than partitions, or the range of offsets in a name would not be tried.
          expect(objects.length).toBeGreaterThan(partitions)
          expect(objects.every((name) => name.endsWith(extension))).toBe(true)

          const rows = await database.ask(`SELECT * FROM ${table.name}`)
          for (const { values } of projectedPartitions(glue)) {
            const partition = Number(values['partition'])
            const columns = table.columns.map(({ name }) => name)
            const found = rows
              .filter((row) => row['partition'] === partition)
              .map((row) => only(row, columns))
            expect(sorted(found, table.key)).toEqual(sorted(sent(table.name, partition), table.key))
          }
          // Nothing lies where Athena does not look, and `partition=` says the same to readers of Hive's layout.
          const paths = new Map(rows.map((row) => [row['$path'] as string, row['partition']]))
          expect([...paths.keys()].toSorted()).toEqual(
            objects.map((name) => join(topicFolder, name)).toSorted(),
          )
          const hive = await database.ask(
            `SELECT DISTINCT filename, "partition" FROM read_json('${topicFolder}*/*', hive_partitioning = true, filename = true)`,
          )
          expect(new Map(hive.map((row) => [row['filename'] as string, Number(row['partition'])]))).toEqual(
            paths,
          )
        }
        // oxlint-enable no-await-in-loop
      }
    },
  )
})

/** Sends every row, as the producer would. @returns what a partition of a table's topic holds */
async function send(
  brokers: string,
  prefix: string,
): Promise<(table: string, partition: number) => readonly Row[]> {
  await createTopics(
    brokers,
    catalogue.map((table) => topicOf(prefix, table)),
    partitions,
  )
  const partitionsOf = new Map<string, readonly Row[]>()
  await using producer = await openProducer({ clientId: 'infra', brokers: brokers.split(','), tls: false })
  for (const table of catalogue) {
    for (let partition = 0; partition < partitions; partition++) {
      const rows = rowsOf(table.name).filter(
        (row) => partitionOf(keyOf(table, row), partitions) === partition,
      )
      expect(rows.length).toBeGreaterThan(25)
      partitionsOf.set(`${table.name} ${partition}`, rows)
      const records = rows.map((row) => ({ key: keyOf(table, row), value: encodeRow(table, row) }))
      // oxlint-disable-next-line no-await-in-loop -- a few partitions
      await producer.send({ topic: topicOf(prefix, table), partition, records })
    }
  }
  return (table, partition) => partitionsOf.get(`${table} ${partition}`) ?? []
}

type Bucket = {
  list(bucket: string): Promise<readonly string[]>
  get(bucket: string, key: string): Promise<Buffer>
}

async function copyBucket(s3: Bucket, bucket: string, folder: string): Promise<void> {
  for (const key of await s3.list(bucket)) {
    // oxlint-disable no-await-in-loop -- a few dozen small objects
    const file = join(folder, key)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, await s3.get(bucket, key))
    // oxlint-enable no-await-in-loop
  }
}

function only(row: Answer, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((name) => [name, row[name]]))
}

function sorted(rows: readonly Row[], key: string): readonly Row[] {
  return rows.toSorted((a, b) => Number(a[key]) - Number(b[key]))
}
