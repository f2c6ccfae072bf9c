/**
 * Fifty times a producer and a consumer are ended by SIGTERM at random moments, then a last consumer finishes the work.
 * What the producers say was acknowledged must be in the log, and the log must be in the lake: once.
 */
import { readFile, glob, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { expect } from 'vitest'
import { createTopics, readTopic } from './kafka.ts'
import { runApp, startApp, summaryOf, type AppRun } from './run-app.ts'

const rounds = 50
const graceMs = 15_000

stackTest(
  'SIGTERM at random moments loses nothing and stores nothing twice',
  { timeout: 600_000 },
  async ({ kafka, onTestFinished }) => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
    const random = mulberry32(seed)
    const prefix = unique('term')
    const topics = catalogue.map((table) => topicOf(prefix, table))
    const lake = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
    onTestFinished(() => rm(lake, { recursive: true, force: true }))
    await createTopics(kafka.bootstrapServers, topics, 3)

    const env = { KAFKA_BROKERS: kafka.bootstrapServers, TOPIC_PREFIX: prefix, LOG_LEVEL: 'debug' }
    const grace = ['--grace', `${graceMs}ms`]
    const consumerArgs = ['--lake', `dir:${lake}`, '--group', prefix, '--format', 'envelope', ...grace]
    let acked = 0
    let interrupted = 0

    for (let round = 0; round < rounds; round++) {
      const producer = startApp(
        'producer',
        [
          '--source',
          'generate:20000',
          '--mode',
          'random',
          '--seed',
          String(round),
          '--rate',
          '2000/s',
          ...grace,
        ],
        { env },
      )
      const consumer = startApp('consumer', [...consumerArgs, '--max-records', '700', '--max-age', '400ms'], {
        env,
      })
      const end = async (app: typeof producer): Promise<AppRun & { readonly drainMs: number }> => {
        // Before this line Node still loads the bundle, and the signal itself ends the process.
        await app.printed(/"msg":"starting"/)
        await sleep(random() * 2_500)
        const signalled = performance.now()
        app.signal('SIGTERM')
        return { ...(await app.done), drainMs: performance.now() - signalled }
      }
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      const [produced, consumed] = await Promise.all([end(producer), end(consumer)])
      expect(produced, `seed ${seed}, round ${round}`).toMatchObject({ exit: 0 })
      expect(consumed, `seed ${seed}, round ${round}`).toMatchObject({ exit: 0 })
      expect(Math.max(produced.drainMs, consumed.drainMs)).toBeLessThan(graceMs)
      const summary = summaryOf(produced)
      acked += summary['acked'] ?? 0
      if ((summary['posts'] ?? 0) < 20_000) interrupted += 1
    }
    expect(interrupted, 'the signals came while the producers worked').toBe(rounds)

    const last = await runApp('consumer', [...consumerArgs, '--until-end'], { env })
    expect(last).toMatchObject({ exit: 0 })

    const log: string[] = []
    for (const topic of topics) {
      // oxlint-disable-next-line no-await-in-loop
      for (const record of await readTopic(kafka.bootstrapServers, topic))
        log.push(`${topic}/${record.partition}/${record.offset} ${record.key}`)
    }
    const stored: string[] = []
    for await (const file of glob('topics/**/*.json', { cwd: lake })) {
      for (const line of (await readFile(join(lake, file), 'utf8')).trimEnd().split('\n')) {
        const { topic, partition, offset, key } = JSON.parse(line) as Record<string, string | number>
        stored.push(`${topic}/${partition}/${offset} ${key}`)
      }
    }
    expect(log.length, 'every acknowledged record is in the log').toBeGreaterThanOrEqual(acked)
    expect(acked).toBeGreaterThan(10_000)
    expect(stored.toSorted(), `seed ${seed}`).toEqual(log.toSorted())
  },
)

/** A small seeded generator, so that a failing run can be repeated with SEED. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
