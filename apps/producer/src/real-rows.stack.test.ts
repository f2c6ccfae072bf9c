import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue } from '@pinpipe/schema/catalogue'
import { normaliseDateTimes } from '@pinpipe/schema/wire'
import { type Row } from '@pinpipe/schema/table'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { runProducer, summaryIn } from './testing/run-producer.ts'
import { connectTo, createTopics, fillTables, readTopic } from './testing/stack-data.ts'

const shared = process.env['SHARED'] ?? join(import.meta.dirname, '../../../../shared')
const folder = join(shared, 'data/pinterest')

const rowShape = z.record(z.string(), z.unknown())

function realRows(): Record<string, Row[]> {
  return Object.fromEntries(
    catalogue.map((table) => {
      const lines = readFileSync(join(folder, `${table.topicSuffix}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
      return [table.name, lines.map((line) => normaliseDateTimes(table, rowShape.parse(JSON.parse(line))))]
    }),
  )
}

describe.skipIf(!existsSync(folder))(
  'producer, with the real rows (needs ../shared/data/pinterest beside the checkout)',
  () => {
    stackTest(
      'every real row goes through MariaDB and Kafka and comes out equal',
      async ({ mariadb, kafka }) => {
        const url = await mariadb.createDatabase(unique('pin'))
        const prefix = unique('pin')
        const rows = realRows()
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
          '--on-missing',
          'partial',
        ]
        const { code, stdout } = await runProducer(argv, { MYSQL_PASSWORD: mariadb.password })
        expect([code, summaryIn(stdout)]).toMatchObject([
          0,
          { acked: 2178 + 2179 + 2180, failed: 0, skipped: 0, invalid: 0 },
        ])
        for (const table of catalogue) {
          const records = await readTopic(kafka.bootstrapServers, `${prefix}.${table.topicSuffix}`)
          const found = new Map(records.map(({ key, value }) => [key, rowShape.parse(JSON.parse(value))]))
          expect(records.length).toBe(found.size)
          expect(found).toEqual(new Map(rows[table.name]?.map((row) => [String(row[table.key]), row])))
        }
      },
    )
  },
)
