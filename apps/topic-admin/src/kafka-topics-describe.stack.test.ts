/** `--describe` on topics that both sides see: every byte of stdout is the Java tool's, ids and eligible leaders included. */
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { startKafka } from '@pinpipe/local-stack/kafka'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { runTopics } from './topics-test-helpers.ts'

/** Runs the same command line on both sides; ours, when stdout and the exit code are the same. */
async function described(bootstrapServers: string, args: readonly string[]): Promise<string> {
  const line = ['--bootstrap-server', bootstrapServers, '--describe', ...args]
  const java = await runJavaTool('kafka-topics', line)
  const ours = await runTopics(line)
  expect({ stdout: ours.stdout, code: ours.code }).toEqual({ stdout: java.stdout, code: java.code })
  return ours.stdout
}

describe('--describe is byte for byte what the Java tool writes', { timeout: 180_000 }, () => {
  stackTest('many topics, in its order', async ({ kafka }) => {
    const prefix = unique('order')
    const names = Array.from({ length: 40 }, (_, at) => `${prefix}-${at * 37}`)
    expect(await runTopics(['create', ...names, '--brokers', kafka.bootstrapServers])).toMatchObject({
      code: 0,
    })
    const text = await described(kafka.bootstrapServers, ['--topic', `${prefix}.*`])
    expect(text.match(/^Topic: .*\tTopicId: [\w-]{22}\t/gm)).toHaveLength(40)
  })

  stackTest('a topic by its id', async ({ kafka }) => {
    const topic = unique('id')
    const brokers = ['--brokers', kafka.bootstrapServers]
    await runTopics(['create', topic, ...brokers])
    const { stdout } = await runTopics(['describe', topic, '-o', 'json', ...brokers])
    const { topics } = JSON.parse(stdout) as { topics: { topicId: string }[] }
    const text = await described(kafka.bootstrapServers, ['--topic-id', topics[0]!.topicId])
    expect(text).toContain(`Topic: ${topic}\tTopicId: ${topics[0]!.topicId}\t`)
  })

  stackTest('partitions whose broker is down', async ({ kafka: _kafka }) => {
    await using server = await startKafka({ nodes: 2 })
    const [up = ''] = server.bootstrapServers.split(',')
    const create = ['--bootstrap-server', up, '--create', '--replica-assignment']
    expect(await runTopics([...create, '1,2,1', '--topic', 'lone'])).toMatchObject({ code: 0 })
    const copied = [...create, '1:2,2:1', '--topic', 'copied', '--config', 'min.insync.replicas=2']
    expect(await runTopics(copied)).toMatchObject({ code: 0 })
    await server.nodes[1]?.stop()
    await expect
      .poll(async () => await described(up, []), { timeout: 30_000 })
      .toContain('\tTopic: lone\tPartition: 1\tLeader: none\tReplicas: 2\tIsr: \tElr: 2\tLastKnownElr: 2\n')
    for (const report of ['under-replicated', 'unavailable', 'under-min-isr', 'at-min-isr']) {
      await described(up, [`--${report}-partitions`])
    }
    const { stdout, code } = await runTopics(['describe', 'lone', 'copied', '--brokers', up])
    expect(code).toBe(0)
    expect(stdout).toContain('  1          none    2                  2\n')
    expect(stdout).toContain('  0          1       1,2       1        2\n')
    const document = await runTopics(['describe', 'lone', '-o', 'json', '--brokers', up])
    expect(JSON.parse(document.stdout)).toMatchObject({
      topics: [{ partitions: [{ leader: 1 }, { leader: null, offline: [2], elr: [2] }, { leader: 1 }] }],
    })
  })
})
