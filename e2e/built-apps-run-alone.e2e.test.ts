/** What is deployed: the folder `dist` of one app, copied to a machine that has node and nothing else of ours. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { expect } from 'vitest'
import { bundleOf, type App } from './run-app.ts'

const run = promisify(execFile)

stackTest(
  'each app, copied alone into an empty folder, shows its help and does a real job',
  async ({ kafka, onTestFinished }) => {
    const prefix = unique('alone')
    const folder = await mkdtemp(join(tmpdir(), 'pinpipe-alone-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const runAlone = async (app: App, ...args: readonly string[]): Promise<string> => {
      const { stdout } = await run(process.execPath, [`${app}.js`, ...args], {
        cwd: join(folder, app),
        env: { KAFKA_BROKERS: kafka.bootstrapServers, TOPIC_PREFIX: prefix },
      })
      return stdout
    }

    for (const app of ['topic-admin', 'producer', 'consumer'] as const) {
      // oxlint-disable no-await-in-loop -- each app's job needs the one before it
      await cp(dirname(bundleOf(app)), join(folder, app), { recursive: true })
      expect(await readdir(join(folder, app))).toContain(`${app}.js`)
      expect(await runAlone(app, '--help')).toContain('Usage:')
      // oxlint-enable no-await-in-loop
    }
    await runAlone('topic-admin', 'apply', '--partitions', '3', '--replication-factor', '1', '--yes')
    await runAlone('producer', '--source', 'generate:100', '--mode', 'sequential')
    const summary = await runAlone(
      'consumer',
      '--lake',
      `dir:${folder}/lake`,
      '--group',
      prefix,
      '--until-end',
    )
    expect(JSON.parse(summary.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      records: 300,
      rejected: 0,
    })

    for (const table of catalogue) {
      const files = await readdir(join(folder, 'lake/topics', topicOf(prefix, table)), { recursive: true })
      const objects = files.filter((file) => file.endsWith('.json'))
      const lines = await Promise.all(
        objects.map((file) => readFile(join(folder, 'lake/topics', topicOf(prefix, table), file), 'utf8')),
      )
      expect(lines.join('').trimEnd().split('\n')).toHaveLength(100)
    }
  },
)
