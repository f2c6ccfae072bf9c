import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { commonSettings } from './common-settings.ts'
import { settingsTable } from './help.ts'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const example = new URL('./fixtures/greeter.ts', import.meta.url)

describe('the README', () => {
  it('shows the example that runs', async () => {
    expect(/```ts\n([^]*?)```/.exec(readme)?.[1]).toBe(await readFile(example, 'utf8'))
  })

  it('shows what the example writes', async () => {
    const run = promisify(execFile)(process.execPath, [fileURLToPath(example), '--times', '2'], {
      env: { GREETER_NAME: 'Ada' },
    })
    const { stdout } = await run
    expect(readme).toContain(`$ GREETER_NAME=Ada node greeter.ts --times 2\n${stdout}`)
    const wrong = promisify(execFile)(
      process.execPath,
      [fileURLToPath(example), '--time', '2', '--pause', '1'],
      { env: {} },
    )
    const error: unknown = await wrong.catch((failure: unknown) => failure)
    expect(error).toMatchObject({ code: 64, stdout: '' })
    const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : ''
    expect(readme).toContain(`$ node greeter.ts --time 2 --pause 1\n${said}`)
  })

  it('lists the settings that every app has', () => {
    expect(readme).toContain(settingsTable(commonSettings))
  })
})
