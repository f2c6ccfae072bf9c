/** The main job on real rows: MariaDB → three topics of three partitions → an S3 store, read back by nothing of ours. */
import { gunzipSync } from 'node:zlib'
import { partitionOf } from '@pinpipe/kafka/partitioner'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { describe, expect } from 'vitest'
import { createTopics } from './kafka.ts'
import { hasRealRows, loadRealRows, realRows, type RealRow } from './real-rows.ts'
import { runApp, summaryOf } from './run-app.ts'

const partitions = 3

describe.skipIf(!hasRealRows)('real rows (skipped without ../shared/data beside the checkout)', () => {
  stackTest(
    'every row arrives once, field by field, in its partition and in order',
    async ({ kafka, mariadb, s3 }) => {
      const prefix = unique('real')
      const bucket = unique('lake')
      const url = await mariadb.createDatabase(unique('rows'))
      await Promise.all([
        loadRealRows(url, mariadb.password),
        s3.createBucket(bucket),
        createTopics(
          kafka.bootstrapServers,
          catalogue.map((table) => topicOf(prefix, table)),
          partitions,
        ),
      ])

      const produced = await runApp(
        'producer',
        ['--source', url, '--mode', 'sequential', '--on-missing', 'partial', '--topic-prefix', prefix],
        { env: { KAFKA_BROKERS: kafka.bootstrapServers, MYSQL_PASSWORD: mariadb.password } },
      )
      expect(produced).toMatchObject({ exit: 0 })
      expect(summaryOf(produced)).toMatchObject({
        records: 2178 + 2179 + 2180,
        acked: 2178 + 2179 + 2180,
        failed: 0,
      })

      const consumed = await runApp(
        'consumer',
        [
          '--topic-prefix',
          prefix,
          '--lake',
          `s3://${bucket}/real`,
          '--group',
          prefix,
          '--until-end',
          '--compression',
          'gzip',
        ],
        { env: { KAFKA_BROKERS: kafka.bootstrapServers, ...s3.env } },
      )
      expect(consumed).toMatchObject({ exit: 0 })
      expect(summaryOf(consumed)).toMatchObject({ records: 2178 + 2179 + 2180, rejected: 0 })

      for (const table of catalogue) {
        const topic = topicOf(prefix, table)
        const stored: RealRow[] = []
        for (let partition = 0; partition < partitions; partition++) {
          // oxlint-disable no-await-in-loop -- partitions are read in order
          const keys = await s3.list(bucket, `real/topics/${topic}/partition=${partition}/`)
          for (const key of keys) {
            expect(key).toMatch(new RegExp(`/${topic}\\+${partition}\\+\\d{20}-\\d{20}\\.json\\.gz$`))
            const lines = gunzipSync(await s3.get(bucket, key))
              .toString('utf8')
              .trimEnd()
              .split('\n')
            const rows = lines.map((line) => JSON.parse(line) as RealRow)
            for (const row of rows) expect(partitionOf(String(row[table.key]), partitions)).toBe(partition)
            stored.push(...rows)
          }
          // oxlint-enable no-await-in-loop
          // The source was read by key, so within a partition the keys must rise: across objects too.
          const indexes = stored
            .filter((row) => partitionOf(String(row[table.key]), partitions) === partition)
            .map((row) => row[table.key])
          expect(indexes).toEqual(indexes.toSorted((a, b) => Number(a) - Number(b)))
        }
        const byIndex = (a: RealRow, b: RealRow): number => Number(a[table.key]) - Number(b[table.key])
        expect(stored.toSorted(byIndex)).toEqual(realRows(table).map(sameMoment).toSorted(byIndex))
      }
    },
  )

  stackTest(
    'a coordinate keeps its digits, a date stays text and an emoji survives',
    async ({ kafka, mariadb }) => {
      const prefix = unique('bytes')
      const url = await mariadb.createDatabase(unique('rows'))
      await loadRealRows(url, mariadb.password)
      const { exit, stdout } = await runApp(
        'producer',
        [
          '--source',
          url,
          '--mode',
          'sequential',
          '--on-missing',
          'partial',
          '--topic-prefix',
          prefix,
          '--out',
          'stdout',
        ],
        { env: { KAFKA_BROKERS: kafka.bootstrapServers, MYSQL_PASSWORD: mariadb.password } },
      )
      expect(exit).toBe(0)
      const geo = stdout
        .split('\n')
        .find((line) => line.includes(`"${prefix}.geo"`) && line.includes('"ind":7528,'))
      expect(geo).toContain(
        '{"ind":7528,"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"longitude":-173.293,"country":"Albania"}',
      )
      expect(stdout).toMatch(/\p{Emoji_Presentation}/u)
    },
  )
})

/** The database holds a date that the file writes with a `T` as the same moment. */
const sameMoment = (row: RealRow): RealRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(value)
        ? value.replace('T', ' ')
        : value,
    ]),
  )
