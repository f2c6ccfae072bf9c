import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Health } from '@pinpipe/service/health'
import { settingsTable } from '@pinpipe/service/help'
import { createLogger } from '@pinpipe/service/logger'
import { Metrics } from '@pinpipe/service/metrics'
import { processRedactor } from '@pinpipe/service/redaction'
import { expect, test } from 'vitest'
import { Events } from './events.ts'
import { rejectReasons } from './format/reject.ts'
import { runSettings } from './settings.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

test('the README lists the settings as they are declared', () => {
  expect(/<!-- settings -->\n([^]*?)\n<!-- \/settings -->/.exec(readme)?.[1]).toBe(settingsTable(runSettings))
})

test('the README names every reason for a dead letter', () => {
  for (const reason of rejectReasons) expect(readme).toMatch(new RegExp(`^\\|.*\`${reason}\`.*\\|$`, 'm'))
})

test('the README names metrics that exist', async () => {
  const metrics = new Metrics('consumer')
  const log = createLogger({
    app: 'consumer',
    level: 'silent',
    format: 'json',
    redactor: processRedactor,
    write: () => undefined,
  })
  const events = new Events(log, metrics, new Health())
  const known = [...(await metrics.registry.metrics()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
  for (const [name] of readme.matchAll(/pinpipe_consumer_\w+_total/g)) expect(known).toContain(name)
  expect(events.totals.records).toBe(0)
})
