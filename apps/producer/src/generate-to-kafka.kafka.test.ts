import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue } from '@pinpipe/schema/catalogue'
import { describe, expect } from 'vitest'
import { runProducer, summaryIn } from './testing/run-producer.ts'
import { createTopics, sampleRows } from './testing/stack-data.ts'
import { readToEnd } from './testing/topic-reader.ts'

const posts = 400

describe('producer, from the generator to Kafka', () => {
  stackTest.for(['none', 'gzip', 'zstd'])(
    'with --compression %s every row arrives once and unchanged, the rows of a partition in order',
    async (compression, { kafka }) => {
      const prefix = unique('pin')
      await createTopics(kafka.bootstrapServers, prefix)
      const to = ['--brokers', kafka.bootstrapServers, '--topic-prefix', prefix, '--compression', compression]
      const { code, stdout } = await runProducer(['--source', `generate:${posts}`, '--seed', '1', ...to])
      const summary = summaryIn(stdout)
      expect([code, summary]).toMatchObject([0, { posts, records: 3 * posts, acked: 3 * posts, failed: 0 }])
      const rows = sampleRows(posts)
      const seqs: number[] = []
      for (const table of catalogue) {
        const records = await readToEnd(kafka.bootstrapServers, `${prefix}.${table.topicSuffix}`)
        expect(records).toHaveLength(posts)
        expect(new Map(records.map(({ key, value }) => [key, value]))).toEqual(
          new Map(rows[table.name]?.map((row) => [String(row[table.key]), JSON.stringify(row)])),
        )
        for (const partition of [0, 1, 2]) {
          const own = records.filter((record) => record.partition === partition)
          expect(own.length).toBeGreaterThan(0)
          const numbers = own.map(({ headers }) => Number(headers['seq']))
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
          seqs.push(...numbers)
        }
        expect(new Set(records.map(({ headers }) => headers['run-id']))).toEqual(new Set([summary.runId]))
      }
      expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 3 * posts }, (_, n) => n + 1))
    },
  )
})
