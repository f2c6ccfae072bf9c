import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { openAdmin } from './admin.ts'
import { plainConnection } from './testing/kafka-topic.ts'

stackTest('the Java tool sees a topic as it was asked for', async ({ kafka }) => {
  await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
  const topic = unique('made')
  await admin.createTopics([
    { topic, partitions: 3, replicationFactor: 1, configs: { 'retention.ms': '60000' } },
  ])
  const { stdout } = await runJavaTool('kafka-topics', [
    '--bootstrap-server',
    kafka.bootstrapServers,
    '--describe',
    '--topic',
    topic,
  ])
  expect(stdout).toContain('PartitionCount: 3')
  expect(stdout).toContain('retention.ms=60000')
})
