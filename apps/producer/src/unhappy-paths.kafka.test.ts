import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { runProducer } from './testing/run-producer.ts'
import { createTopics } from './testing/stack-data.ts'

describe('producer, when Kafka is not as it should be', () => {
  stackTest(
    'topics that do not exist: exit 1, their names and the command that creates them',
    async ({ kafka }) => {
      const prefix = unique('pin')
      const { code, stderr } = await runProducer([
        '--source',
        'generate:5',
        '--brokers',
        kafka.bootstrapServers,
        '--topic-prefix',
        prefix,
      ])
      expect(code).toBe(1)
      expect(stderr).toContain(`topics ${prefix}.pin, ${prefix}.geo, ${prefix}.user do not exist`)
      expect(stderr).toContain('topics apply')
    },
  )

  stackTest('--dry-run checks the topics and sends nothing', async ({ kafka }) => {
    const prefix = unique('pin')
    const argv = [
      '--source',
      'generate:5',
      '--brokers',
      kafka.bootstrapServers,
      '--topic-prefix',
      prefix,
      '--dry-run',
    ]
    expect((await runProducer(argv)).code).toBe(1)
    await createTopics(kafka.bootstrapServers, prefix)
    const { code, stdout } = await runProducer(argv)
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { dryRun: true, records: 15 }])
  })
})
