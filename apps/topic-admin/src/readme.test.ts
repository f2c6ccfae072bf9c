import { readFile } from 'node:fs/promises'
import { commonSettings } from '@pinpipe/service/common-settings'
import { settingsTable } from '@pinpipe/service/help'
import type { SettingsSpec } from '@pinpipe/service/settings'
import { kafkaSettings } from '@pinpipe/kafka/settings'
import { expect, test } from 'vitest'
import { topicsCommands } from './app.ts'
import { outputSettings } from './output.ts'

/** The settings of each command, and those that all of them have, as they stand in the README. */
function settingsSections(): string {
  const shared: SettingsSpec = { ...outputSettings, ...kafkaSettings, ...commonSettings }
  const own = topicsCommands().flatMap(({ name, settings }) => {
    const rest = Object.fromEntries(Object.entries(settings).filter(([key]) => !(key in shared)))
    return Object.keys(rest).length === 0 ? [] : [`### ${name}\n\n${settingsTable(rest)}`]
  })
  return [...own, `### Every command\n\n${settingsTable(shared)}`].join('\n\n')
}

// `vitest -u` writes the section anew.
test('the README lists the settings as they are declared', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const section = /(?<=<!-- settings -->\n)[\s\S]*(?=<!-- \/settings -->)/
  expect(readme).toMatch(section)
  await expect(readme.replace(section, () => `\n${settingsSections()}\n\n`)).toMatchFileSnapshot(
    '../README.md',
  )
})
