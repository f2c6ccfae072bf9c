/**
 * The named queries of the Athena workgroup, as Terraform rendered them, asked of a lake that the built consumer wrote.
 * All of them run in DuckDB as they stand: what they use (`max_by`, `regexp_extract` with a group, `TRY_CAST`, windows,
 * `"$path"`) means the same there as in Trino.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openProducer } from '@pinpipe/kafka/producer'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { samplePost } from '@pinpipe/sample-data/generator'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { geolocationData } from '@pinpipe/schema/geolocation-data'
import { pinterestData } from '@pinpipe/schema/pinterest-data'
import type { Table } from '@pinpipe/schema/table'
import { encodeRow } from '@pinpipe/schema/wire'
import { expect } from 'vitest'
import { createTopics } from '../../e2e/kafka.ts'
import { applyModule } from './apply-module.ts'
import { consumeToEnd } from './consume-to-end.ts'
import { describeTerraform } from './describe-terraform.ts'
import { glueTables } from './glue-tables.ts'
import { type Answer, LakeDatabase } from './lake-database.ts'

// index, category, posted at, country, poster, followers | user, age, joined
const posts = `
1 | art  | 2018-03-01 10:00:00 | Albania | anna | 10k             | Ann  | 17 | 2014-12-31 23:59:59
2 | art  | 2018-06-01 10:00:00 | Albania | bob  | 2M              | Bob  | 24 | 2015-01-01 00:00:00
3 | food | 2018-07-01 10:00:00 | Brazil  | cleo | 900             | Cleo | 25 | 2016-05-05 05:05:05
4 | food | 2019-01-01 00:00:00 | Brazil  | dan  | 1k              | Dan  | 35 | 2016-06-06 06:06:06
5 | home | 2019-02-01 10:00:00 | Chile   | erik | User Info Error | Erik | 36 | 2018-01-01 00:00:00
6 | home | 2019-03-01 10:00:00 | Albania | anna | 10k             | Ann  | 17 | 2014-12-31 23:59:59
7 | food | 2020-12-31 23:59:59 | Brazil  | dan  | 1k              | Gina | 50 | 2020-12-31 23:59:59
8 | art  | 2020-01-01 00:00:00 | Chile   | hugo | 3k              | Hugo | 51 | 2021-01-01 00:00:00
`
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))

/** The posts' rows of a table, its other columns filled with sample data. */
function rowsOf(table: Table, indexes: readonly number[]): readonly string[] {
  return indexes.map((wanted) => {
    const [
      index = '',
      category,
      timestamp,
      country,
      poster_name,
      follower_count,
      first_name,
      age,
      date_joined,
    ] = posts[wanted - 1] ?? []
    const ours = {
      category,
      timestamp,
      country,
      poster_name,
      follower_count,
      first_name,
      last_name: 'X',
      date_joined,
      age: Number(age),
    }
    const sample = samplePost(1, Number(index)).rows[table.name] ?? {}
    return encodeRow(
      table,
      Object.fromEntries(Object.keys(sample).map((name) => [name, { ...sample, ...ours }[name]])),
    )
  })
}

const answers: Readonly<Record<string, readonly string[]>> = {
  'posts-per-country': ['Albania 3', 'Brazil 3', 'Chile 2'],
  'posts-per-year': ['2018 3', '2019 3', '2020 2'],
  'most-popular-category-per-year': ['2018 art 2', '2019 home 2', '2020 art 1', '2020 food 1'],
  'most-followed-user-per-country': ['Albania bob 2000000', 'Chile hugo 3000', 'Brazil dan 1000'],
  'most-popular-category-per-age-group': [
    '18 to 24 art 1',
    '25 to 35 food 2',
    '36 to 50 food 1',
    '36 to 50 home 1',
    'over 50 art 1',
    'under 18 art 1',
    'under 18 home 1',
  ],
  'users-joined-per-year': ['2015 1', '2016 2', '2018 1', '2020 1'],
  'dead-letters-by-reason': [
    'T.pin not-json 2 1600000002000 The value is not well-formed JSON.',
    'T.geo schema 1 1600000000000 latitude: expected a number, found text',
    'T.pin not-utf8 1 1600000003000 The value is not UTF-8 text.',
  ],
  // partition, oldest, newest, records, dead letters, without a record, missing, stored twice
  'stored-offsets': [
    // The last offset is the marker of a transaction.
    'T.geo 0 0 4 4 0 1 0 0',
    'T.geo 1 0 5 5 1 0 0 0',
    'T.pin 0 0 3 4 0 0 0 0',
    // Its first object is one of dead letters only.
    'T.pin 1 0 7 5 3 0 0 0',
    'T.user 0 0 3 4 0 0 0 0',
    'T.user 1 0 4 5 0 0 0 0',
  ],
}

describeTerraform('the usual questions', () => {
  stackTest(
    'each named query gives the right answer; a lost object, and records that are stored twice, are found',
    async ({ kafka, onTestFinished }) => {
      const prefix = unique('questions')
      const root = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
      onTestFinished(async () => await rm(root, { recursive: true, force: true }))
      const state = await applyModule({
        module: 'data-bucket',
        variables: { bucket_name: 'pinpipe-111122223333', topic_prefix: prefix, partitions: 2 },
      })
      const queries = new Map(
        state.resources
          .filter(({ type }) => type === 'aws_athena_named_query')
          .map(({ values }) => [values['name'] as string, values['query'] as string]),
      )
      // Opened anew for each question: a view keeps to the objects that were there when it was made.
      const ask = async (sql: string): Promise<readonly string[]> => {
        using database = await LakeDatabase.open(glueTables(state).values(), root)
        return (await database.ask(sql)).map((row) => lineOf(row).replace(prefix, 'T'))
      }
      const lake = join(root, 'pinpipe-111122223333/pinpipe')
      await writeLake({ brokers: kafka.bootstrapServers, prefix, lake })

      const found: Record<string, readonly string[]> = {}
      // oxlint-disable-next-line no-await-in-loop -- one database after the other
      for (const [name, query] of queries) found[name] = await ask(query)
      expect(found).toEqual(answers)

      const letters =
        'SELECT topic, "partition", "offset", "timestamp", "key", value, reason, base64 FROM dead_letters'
      expect(await ask(`${letters} WHERE topic LIKE '%.pin' ORDER BY "offset"`)).toEqual([
        'T.pin 1 0 1600000001000 0 {"index": not-json null',
        'T.pin 1 1 1600000002000 1 nothing not-json null',
        'T.pin 1 2 1600000003000 2 //4= not-utf8 ["value"]',
      ])

      // An object is lost; another overlaps its neighbours; the records of a third are there plain and packed.
      const object = (suffix: string, partition: number, first: number, last: number): string => {
        const range = [first, last].map((offset) => String(offset).padStart(20, '0')).join('-')
        const topic = `${prefix}.${suffix}`
        return join(lake, `topics/${topic}/partition=${partition}/${topic}+${partition}+${range}.json`)
      }
      await rm(object('pin', 1, 5, 6))
      await copyFile(object('user', 1, 0, 1), object('user', 1, 1, 2))
      await writeFile(`${object('user', 0, 0, 1)}.gz`, gzipSync(await readFile(object('user', 0, 0, 1))))
      const wrong = await ask(queries.get('stored-offsets') ?? '')
      expect(wrong.filter((line) => !line.endsWith(' 0 0'))).toEqual([
        'T.pin 1 0 7 3 3 0 2 0',
        'T.user 0 0 3 6 0 0 0 2',
        'T.user 1 0 4 7 0 0 0 2',
      ])
    },
  )
})

/** Odd posts go to partition 1, and the first of them twice, as a random draw does; even posts to partition 0. */
async function writeLake({
  brokers,
  prefix,
  lake,
}: Readonly<Record<'brokers' | 'prefix' | 'lake', string>>): Promise<void> {
  await createTopics(
    brokers,
    catalogue.map((table) => topicOf(prefix, table)),
    2,
  )
  const connection = { clientId: 'infra', brokers: brokers.split(','), tls: false } as const
  await using plain = await openProducer(connection)
  await using transactional = await openProducer(connection, { transactionalId: unique('tx') })
  const send = async (
    table: Table,
    partition: number,
    values: readonly (string | Buffer)[],
    firstMs = 1_600_000_000_000,
  ) => {
    const records = values.map((value, at) => ({ key: String(at), value, timestampMs: firstMs + at * 1000 }))
    const producer = table === geolocationData && partition === 0 ? transactional : plain
    await producer.send({ topic: topicOf(prefix, table), partition, records })
  }
  const consume = async () =>
    await consumeToEnd(`dir:${lake}`, {
      KAFKA_BROKERS: brokers,
      TOPIC_PREFIX: prefix,
      PINPIPE_GROUP: prefix,
      PINPIPE_MAX_RECORDS: '2',
    })

  await send(pinterestData, 1, ['{"index":', 'nothing', Buffer.from([0xff, 0xfe])], 1_600_000_001_000)
  expect(await consume()).toMatchObject({ records: 0, rejected: 3, objects: 0 })
  for (const table of catalogue) {
    // oxlint-disable no-await-in-loop -- in the order of offsets
    await send(table, 0, rowsOf(table, [2, 4, 6, 8]))
    await send(table, 1, rowsOf(table, [1, 3, 5, 7, 1]))
    // oxlint-enable no-await-in-loop
  }
  const [first = ''] = rowsOf(geolocationData, [1])
  await send(geolocationData, 1, [first.replace(/"latitude":[^,]+/, '"latitude":"north"')])
  expect(await consume()).toMatchObject({ records: 27, rejected: 1 })
}

/** An answer's row on one line. */
function lineOf(row: Answer): string {
  return Object.values(row)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(' ')
}
