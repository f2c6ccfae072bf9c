import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsTable } from '@pinpipe/service/help'
import { describe, expect, it } from 'vitest'
import { producerSettings } from './producer-settings.ts'
import { runProducer } from './testing/run-producer.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The first fenced block of a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1]?.trimEnd() ?? ''
}

describe('README', () => {
  it('shows what its first example prints', async () => {
    const argv = block('sh').split(' ').slice(2)
    const { code, stdout } = await runProducer(argv)
    expect([code, stdout.trimEnd()]).toEqual([0, block('json')])
  })

  it('lists the settings as they are declared', () => {
    expect(/<!-- settings -->\n([^]*?)\n<!-- \/settings -->/.exec(readme)?.[1]).toBe(
      settingsTable(producerSettings),
    )
  })
})
