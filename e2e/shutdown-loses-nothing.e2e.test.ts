/**
 * Fifty times a producer and a consumer are ended by SIGTERM at random moments, then a last consumer finishes the work.
 * What the producers say was acknowledged must be in the log, and the log must be in the lake: once.
 * Five pipelines with their own topics run side by side, ten rounds each. `SEED=…` repeats the moments of a run.
 */
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { describe, expect } from 'vitest'
import { createTopics, readTopic } from './kafka.ts'
import { seededRandom } from './reliability/random.ts'
import { runApp, startApp, summaryOf, type AppRun, type StartedApp } from './run-app.ts'

const pipelines = [1, 2, 3, 4, 5]
const roundsOfEach = 10
const posts = 20_000
const graceMs = 15_000
const firstSeed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)

describe.concurrent('SIGTERM at random moments', () => {
  for (const pipeline of pipelines) {
    stackTest(
      `loses nothing and stores nothing twice (pipeline ${pipeline})`,
      { timeout: 600_000 },
      async ({ kafka, onTestFinished }) => {
        const seed = firstSeed + pipeline
        const random = seededRandom(seed)
        const prefix = unique('term')
        const topics = catalogue.map((table) => topicOf(prefix, table))
        const lake = await mkdtemp(join(tmpdir(), 'pinpipe-lake-'))
        onTestFinished(() => rm(lake, { recursive: true, force: true }))
        await createTopics(kafka.bootstrapServers, topics, 3)

        const env = { KAFKA_BROKERS: kafka.bootstrapServers, TOPIC_PREFIX: prefix, LOG_LEVEL: 'debug' }
        const grace = ['--grace', `${graceMs}ms`]
        const source = ['--source', `generate:${posts}`, '--mode', 'random', '--rate', '1000/s']
        const sink = ['--lake', `dir:${lake}`, '--group', prefix, '--format', 'envelope', ...grace]
        let acked = 0

        for (let round = 0; round < roundsOfEach; round++) {
          const producer = startApp('producer', [...source, '--seed', String(round), ...grace], { env })
          const consumer = startApp('consumer', [...sink, '--max-records', '300', '--max-age', '400ms'], {
            env,
          })
          // oxlint-disable-next-line no-await-in-loop -- one round after the other
          const [produced, consumed] = await Promise.all([
            terminate(producer, random),
            terminate(consumer, random),
          ])
          expect(produced, `SEED=${firstSeed}, round ${round}: ${lastLines(produced)}`).toMatchObject({
            exit: 0,
          })
          expect(consumed, `SEED=${firstSeed}, round ${round}: ${lastLines(consumed)}`).toMatchObject({
            exit: 0,
          })
          expect(Math.max(produced.drainMs, consumed.drainMs)).toBeLessThan(graceMs)
          expect(summaryOf(produced)['posts'], 'the signal came in the middle of the work').toBeLessThan(
            posts,
          )
          acked += summaryOf(produced)['acked'] ?? 0
        }
        expect(await runApp('consumer', [...sink, '--until-end'], { env })).toMatchObject({ exit: 0 })

        const log = await readLog(kafka.bootstrapServers, topics)
        expect(acked).toBeGreaterThan(1_000)
        expect(log.length, 'every acknowledged record is in the log').toBeGreaterThanOrEqual(acked)
        expect(await readLake(lake), `SEED=${firstSeed}`).toEqual(log)
      },
    )
  }
})

/** What an app that did not end as it should says of it. */
function lastLines({ stderr }: AppRun): string {
  return stderr.split('\n').slice(-8).join('\n')
}

/** Sends SIGTERM at a random moment of the app's life and waits for its end. */
async function terminate(
  app: StartedApp,
  random: () => number,
): Promise<AppRun & { readonly drainMs: number }> {
  // Before this line Node still loads the bundle, and the signal itself ends the process.
  await app.printed(/"msg":"starting"/)
  await sleep(random() * 2_500)
  const signalled = performance.now()
  app.signal('SIGTERM')
  return { ...(await app.done), drainMs: performance.now() - signalled }
}

/** Topic, partition, offset and key of every record in the log, sorted. */
async function readLog(brokers: string, topics: readonly string[]): Promise<readonly string[]> {
  const records = await Promise.all(
    topics.map(async (topic) => ({ topic, log: await readTopic(brokers, topic) })),
  )
  return records
    .flatMap(({ topic, log }) =>
      log.map(({ partition, offset, key }) => `${topic}/${partition}/${offset} ${key}`),
    )
    .toSorted()
}

/** The same of every line in the lake, sorted. */
async function readLake(lake: string): Promise<readonly string[]> {
  const stored: string[] = []
  for await (const file of glob('topics/**/*.json', { cwd: lake })) {
    for (const line of (await readFile(join(lake, file), 'utf8')).trimEnd().split('\n')) {
      const { topic, partition, offset, key } = JSON.parse(line) as Record<string, string | number>
      stored.push(`${topic}/${partition}/${offset} ${key}`)
    }
  }
  return stored.toSorted()
}
