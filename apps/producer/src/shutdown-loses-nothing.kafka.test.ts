import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { compileCache } from '@pinpipe/local-stack/environment'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue } from '@pinpipe/schema/catalogue'
import { describe, expect } from 'vitest'
import { summaryIn } from './testing/run-producer.ts'
import { createTopics } from './testing/stack-data.ts'
import { readToEnd } from './testing/topic-reader.ts'

describe('producer, stopped by SIGTERM', () => {
  for (const afterMs of [150, 400, 900])
    stackTest(
      `after ${afterMs} ms of sending: exit 0, and every record that was taken is in the log`,
      async ({ kafka }) => {
        const prefix = unique('pin')
        await createTopics(kafka.bootstrapServers, prefix)
        const argv = [
          '--source',
          'generate:1000000',
          '--brokers',
          kafka.bootstrapServers,
          '--topic-prefix',
          prefix,
          '--progress',
          'none',
        ]
        const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...argv], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { PATH: process.env['PATH'], ...compileCache },
        })
        const stdout = text(child.stdout)
        child.stderr.setEncoding('utf8')
        let stderr = ''
        child.stderr.on('data', (chunk: string) => (stderr += chunk))
        while (!stderr.includes('sending begins') && child.exitCode === null) await pause(10)
        await pause(afterMs)
        child.kill('SIGTERM')
        const [code] = await once(child, 'exit')
        const summary = summaryIn(await stdout)
        expect([code, summary.failed, summary.acked]).toEqual([0, 0, summary.records])
        expect(summary.acked).toBeGreaterThan(0)
        expect(summary.posts).toBeLessThan(1_000_000)
        const seqs: number[] = []
        for (const table of catalogue) {
          const records = await readToEnd(kafka.bootstrapServers, `${prefix}.${table.topicSuffix}`)
          seqs.push(...records.map((record) => Number(record.headers['seq'])))
        }
        const expected = Array.from({ length: summary.acked }, (_, n) => n + 1)
        expect(seqs.toSorted((a, b) => a - b)).toEqual(expected)
      },
    )
})
