import { setTimeout as pause } from 'node:timers/promises'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { samplePost } from '@pinpipe/sample-data/generator'
import { catalogue } from '@pinpipe/schema/catalogue'
import { type Row } from '@pinpipe/schema/table'
import { describe, expect } from 'vitest'
import { runProducer, summaryIn } from './testing/run-producer.ts'
import { connectTo, createTopics, fillTables, partitionsByKcat, readTopic } from './testing/stack-data.ts'

/** Rows of the posts 0 … posts-1, by table. */
function sampleRows(posts: number): Record<string, Row[]> {
  const rows: Record<string, Row[]> = {}
  for (let index = 0; index < posts; index++) {
    for (const [name, row] of Object.entries(samplePost(1, index).rows)) (rows[name] ??= []).push(row)
  }
  return rows
}

const awkward: Record<string, Row[]> = {
  pinterest_data: [
    {
      index: 7528,
      unique_id: 'fbe53c66',
      title: '👩‍👩‍👧 "quoted" \\ back\tslash 日本 𝄞',
      description: ' edge \u00A0 blanks ',
      poster_name: "Côte d'Ivoire (😀)",
      follower_count: '4k',
      tag_list: 'N,o, ,T,a,g,s',
      is_image_or_video: 'image',
      image_src: 'https://i.example/x?y=1&z=%20',
      downloaded: 1,
      save_location: 'Local save in /data/art',
      category: 'art',
    },
  ],
  geolocation_data: [
    {
      ind: 7528,
      timestamp: '2020-08-28 03:52:47',
      latitude: -89.9787,
      longitude: -173.293,
      country: 'Albania',
    },
  ],
  user_data: [
    { ind: 7528, first_name: 'Abigail', last_name: 'Ali', age: 20, date_joined: '2015-10-24 00:00:00' },
  ],
}

describe('producer, from MariaDB to Kafka', () => {
  stackTest(
    'FLOAT, DATETIME, 4-byte characters and blanks arrive exactly, with key and headers',
    async ({ mariadb, kafka }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      const prefix = unique('pin')
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, awkward)
      await createTopics(kafka.bootstrapServers, prefix)
      const { code, stdout } = await runProducer(
        ['--source', url, '--brokers', kafka.bootstrapServers, '--topic-prefix', prefix],
        { MYSQL_PASSWORD: mariadb.password },
      )
      expect([code, summaryIn(stdout)]).toMatchObject([0, { posts: 1, acked: 3 }])
      const seqs: string[] = []
      for (const table of catalogue) {
        const [record, ...others] = await readTopic(kafka.bootstrapServers, `${prefix}.${table.topicSuffix}`)
        expect(others).toEqual([])
        expect([record?.key, record?.value]).toEqual(['7528', JSON.stringify(awkward[table.name]?.[0])])
        const { runId } = summaryIn(stdout)
        expect(record?.headers).toMatchObject({
          'run-id': runId,
          source: table.name,
          schema: `${table.name}@${table.version}`,
        })
        seqs.push(record?.headers['seq'] ?? '')
      }
      expect(seqs.toSorted()).toEqual(['1', '2', '3'])
    },
  )

  for (const compression of ['none', 'gzip', 'zstd'])
    stackTest(
      `with --compression ${compression} every row arrives once, in the partition murmur2 says, in order`,
      async ({ mariadb, kafka }) => {
        const url = await mariadb.createDatabase(unique('pin'))
        const prefix = unique('pin')
        const rows = sampleRows(2500)
        await using connection = await connectTo(url, mariadb.password)
        await fillTables(connection, rows)
        await createTopics(kafka.bootstrapServers, prefix)
        const argv = [
          '--source',
          url,
          '--brokers',
          kafka.bootstrapServers,
          '--topic-prefix',
          prefix,
          '--compression',
          compression,
        ]
        const { code, stdout } = await runProducer(argv, { MYSQL_PASSWORD: mariadb.password })
        expect([code, summaryIn(stdout)]).toMatchObject([
          0,
          { posts: 2500, records: 7500, acked: 7500, failed: 0 },
        ])
        const users = await readTopic(kafka.bootstrapServers, `${prefix}.user`)
        expect(users.map((record) => Number(record.key)).toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: 2500 }, (_, n) => n),
        )
        expect(new Map(users.map(({ key, value }) => [key, value]))).toEqual(
          new Map(rows['user_data']?.map((row) => [String(row['ind']), JSON.stringify(row)])),
        )
        for (const partition of [0, 1, 2]) {
          const keys = users.filter((record) => record.partition === partition).map(({ key }) => Number(key))
          expect(keys).toEqual(keys.toSorted((a, b) => a - b))
        }
        const expected = await partitionsByKcat(
          kafka.bootstrapServers,
          `${prefix}.geo`,
          users.slice(0, 300).map(({ key }) => key),
        )
        for (const { key, partition } of users.slice(0, 300))
          expect([key, partition]).toEqual([key, expected.get(key)])
      },
    )

  for (const mode of ['sequential', 'shuffle'])
    stackTest(`killed MySQL connections lose and repeat nothing (${mode})`, async ({ mariadb, kafka }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      const database = url.split('/').at(-1) ?? ''
      const prefix = unique('pin')
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, sampleRows(6000))
      await createTopics(kafka.bootstrapServers, prefix)
      const argv = [
        '--source',
        url,
        '--brokers',
        kafka.bootstrapServers,
        '--topic-prefix',
        prefix,
        '--mode',
        mode,
        '--rate',
        '4000/s',
      ]
      const running = runProducer(argv, { MYSQL_PASSWORD: mariadb.password })
      const over = new AbortController()
      const ended = running.finally(() => over.abort())
      let kills = 0
      while (!over.signal.aborted) {
        await pause(100)
        const [found] = await connection.query<Array<{ id: number; constructor: { name: 'RowDataPacket' } }>>(
          'SELECT ID AS id FROM information_schema.processlist WHERE DB = ? AND ID <> CONNECTION_ID()',
          [database],
        )
        for (const { id } of found) {
          await connection.query(`KILL ${id}`).then(
            () => kills++,
            () => undefined,
          )
        }
      }
      const { code, stdout } = await ended
      expect(kills).toBeGreaterThan(0)
      const summary = summaryIn(stdout)
      expect(summary.sourceRetries).toBeGreaterThan(0)
      expect([code, summary]).toMatchObject([0, { posts: 6000, acked: 18_000, failed: 0 }])
      const records = await readTopic(kafka.bootstrapServers, `${prefix}.geo`)
      expect(records.map((record) => Number(record.key)).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 6000 }, (_, n) => n),
      )
    })

  stackTest(
    'the mode emulate takes the row of the drawn index, and skips indexes that the table does not have',
    async ({ mariadb }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, awkward)
      const argv = [
        '--source',
        url,
        ...'--mode emulate --seed 100 --no-sleep --max-posts 50 --out stdout'.split(' '),
      ]
      const { code, stdout, stderr } = await runProducer(argv, { MYSQL_PASSWORD: mariadb.password })
      expect([code, summaryIn(stderr)]).toMatchObject([0, { posts: 1, skipped: 49, acked: 3 }])
      expect(stdout).toContain('"latitude":-89.9787')
    },
  )

  stackTest(
    'reading far into a table costs per row what reading its beginning costs (P3)',
    async ({ mariadb }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, awkward)
      const [plan] = await connection.query<Array<{ key: string; constructor: { name: 'RowDataPacket' } }>>(
        'EXPLAIN SELECT ind FROM user_data WHERE ind > 5000.0 ORDER BY ind LIMIT 1000',
      )
      expect(plan[0]?.key).toBe('PRIMARY')
    },
  )
})
