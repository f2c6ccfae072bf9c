import { setTimeout as sleep } from 'node:timers/promises'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer, startConsumer, summaryIn } from './testing/run-consumer.ts'
import { committedIn, dataLines, makeTopic, numbered } from './testing/stack.ts'

describe('SIGTERM', () => {
  for (const afterMs of [0, 150, 400]) {
    stackTest(
      `${afterMs} ms into the work: exit 0, what was stored is committed, and a next run stores the rest once`,
      async ({ kafka }) => {
        await using lake = await temporaryFolder()
        const { topic, connection, send } = await makeTopic(kafka.bootstrapServers, { partitions: 2 })
        const padding = 'x'.repeat(1500)
        await send(0, numbered(6000, 0, padding))
        await send(1, numbered(6000, 6000, padding))
        const group = unique('g')
        const argv = [
          '--brokers',
          kafka.bootstrapServers,
          '--topics',
          topic,
          '--group',
          group,
          '--lake',
          `dir:${lake.path}`,
          '--max-records',
          '70',
        ]
        await using running = startConsumer(argv)
        await running.saw('partitions assigned')
        await sleep(afterMs)
        running.kill('SIGTERM')
        const ended = await running.ended
        expect([ended.code, ended.stderr.includes('not committed')]).toEqual([0, false])
        const before = await dataLines(lake.path, topic)
        expect(before.length).toBe(summaryIn(ended).records)
        const committed = await committedIn(connection, group, topic)
        expect(committed.reduce<number>((sum, offset) => sum + Number(offset ?? 0n), 0)).toBe(before.length)
        const rest = await runConsumer([...argv, '--until-end'])
        expect([rest.code, summaryIn(rest).records]).toEqual([0, 12_000 - before.length])
        const lines = await dataLines(lake.path, topic)
        expect(lines).toEqual(numbered(12_000, 0, padding))
      },
    )
  }
})

describe('a rebalance', () => {
  stackTest('a second member joins and leaves while records flow: nothing is lost', async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 4 })
    const argv = [
      '--brokers',
      kafka.bootstrapServers,
      '--topics',
      topic,
      '--group',
      unique('g'),
      '--lake',
      `dir:${lake.path}`,
      '--max-age',
      '700ms',
    ]
    await using first = startConsumer(argv)
    await first.saw('partitions assigned')
    let sent = 0
    const sendSome = async (): Promise<void> => {
      for (let partition = 0; partition < 4; partition++) {
        await send(partition, numbered(100, sent))
        sent += 100
      }
    }
    await sendSome()
    await using second = startConsumer(argv)
    while (!second.stderr.includes('partitions assigned')) await sendSome()
    await sendSome()
    expect(first.stderr).toContain('partitions revoked')
    second.kill('SIGTERM')
    await sendSome()
    const endedSecond = await second.ended
    await sleep(1_000)
    first.kill('SIGTERM')
    const endedFirst = await first.ended
    expect([endedFirst.code, endedSecond.code]).toEqual([0, 0])
    const rest = await runConsumer([...argv, '--until-end'])
    expect(rest.code).toBe(0)
    const lines = await dataLines(lake.path, topic)
    expect(new Set(lines)).toEqual(new Set(numbered(sent)))
  })

  stackTest('two members with --until-end share the work, and both end', async ({ kafka }) => {
    await using lake = await temporaryFolder()
    const { topic, send } = await makeTopic(kafka.bootstrapServers, { partitions: 4 })
    for (let partition = 0; partition < 4; partition++)
      await send(partition, numbered(2000, partition * 2000))
    const argv = [
      '--brokers',
      kafka.bootstrapServers,
      '--topics',
      topic,
      '--group',
      unique('g'),
      '--lake',
      `dir:${lake.path}`,
      '--until-end',
    ]
    const ended = await Promise.all([runConsumer(argv), runConsumer(argv)])
    expect(ended.map(({ code }) => code)).toEqual([0, 0])
    expect(new Set(await dataLines(lake.path, topic))).toEqual(new Set(numbered(8000)))
  })
})
