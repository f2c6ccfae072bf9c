// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest`
import { describe, expect, inject, test } from 'vitest'
import { runJavaTool } from './java-tools.ts'
import { stackTest, unique } from './stack-test.ts'

describe('the servers of a test run', () => {
  test('are provided as plain data', () => {
    expect(inject('stack')).toMatchObject({
      missing: [],
      kafka: { bootstrapServers: expect.stringMatching(/:\d+$/) },
    })
  })

  stackTest("Kafka takes topics from Java's tools of both versions", async ({ kafka }) => {
    const topic = unique('pin')
    const to = ['--bootstrap-server', kafka.bootstrapServers]
    const created = await runJavaTool('kafka-topics', [
      ...to,
      '--create',
      '--topic',
      topic,
      '--partitions',
      '3',
    ])
    expect(created).toMatchObject({ code: 0 })
    const listed = await runJavaTool('kafka-topics', [...to, '--list'], { version: '2.8.1' })
    expect(listed.stdout.split('\n')).toContain(topic)
  })

  stackTest('of twenty create-only writes of one object exactly one wins', async ({ s3 }) => {
    const bucket = unique('race')
    await s3.createBucket(bucket)
    const writes = Array.from({ length: 20 }, async (_, writer) => {
      await s3.put(bucket, 'object', `writer ${writer}`, { createOnly: true })
      return writer
    })
    const outcomes = await Promise.allSettled(writes)
    const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled')
    const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(winners).toHaveLength(1)
    expect(refusals.map(({ reason }) => String(reason.name))).toEqual(
      Array.from({ length: 19 }, () => 'PreconditionFailed'),
    )
    expect((await s3.get(bucket, 'object')).toString()).toBe(`writer ${winners[0]?.value}`)
  })
})
