import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue } from '@pinpipe/schema/catalogue'
import { type Row } from '@pinpipe/schema/table'
import { describe, expect } from 'vitest'
import { runProducer, summaryIn } from './testing/run-producer.ts'
import {
  connectTo,
  createTopics,
  fillTables,
  partitionsByKcat,
  readTopic,
  sampleRows,
} from './testing/stack-data.ts'

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

  for (const mode of ['sequential', 'shuffle'])
    stackTest(`keys may be BIGINT, which the driver hands over as text (${mode})`, async ({ mariadb }) => {
      const url = await mariadb.createDatabase(unique('pin'))
      await using connection = await connectTo(url, mariadb.password)
      await fillTables(connection, sampleRows(300))
      for (const table of catalogue)
        await connection.query('ALTER TABLE ?? MODIFY ?? BIGINT NOT NULL', [table.name, table.key])
      const argv = ['--source', url, '--mode', mode, '--out', 'stdout']
      const { code, stderr } = await runProducer(argv, { MYSQL_PASSWORD: mariadb.password })
      expect([code, summaryIn(stderr)]).toMatchObject([0, { posts: 300, acked: 900, invalid: 0 }])
    })
})
