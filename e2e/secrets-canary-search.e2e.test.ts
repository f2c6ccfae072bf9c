/** The positive control: the search for secrets finds one in every form, in what an app prints and in a whole run's output. */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { describe, expect, test } from 'vitest'
import { runApp } from './run-app.ts'
import { formsOf, searchFor } from './secrets-canary.ts'
import { temporaryFolder } from './unhappy-paths.ts'

describe('the search itself', () => {
  const secret = 'positive/+%40 &"\'=:@~control'

  test('finds a secret in every form, and not where there is none', () => {
    const namesIn = searchFor({ control: secret })
    const bytes = Buffer.from(secret)
    const forms = [
      secret,
      JSON.stringify({ password: secret }),
      JSON.stringify(JSON.stringify({ password: secret })),
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      new URLSearchParams({ password: secret }).toString(),
      bytes.toString('base64'),
      bytes.toString('base64url'),
      Buffer.from(`\0user\0${secret}`).toString('base64'),
      Buffer.from(`u:${secret}`).toString('base64'),
      Buffer.from(`us:${secret}!`).toString('base64'),
      Buffer.from(`https://x/?token=${encodeURIComponent(secret)}&y=1`).toString('base64url'),
    ]
    const missed = forms.filter((form) => namesIn(`before ${form} after`).length === 0)
    expect(missed).toEqual([])
    expect(namesIn('before positive control after')).toEqual([])
    // No form is so short that it would be found by chance.
    expect(Math.min(...formsOf(secret).map((form) => form.length))).toBeGreaterThan(20)
  })

  stackTest.concurrent('finds what an app really prints', async ({ kafka }) => {
    // Not a secret here: the name of a topic is shown.
    const shown = unique('shown')
    const run = await runApp('topic-admin', ['describe', shown, '--brokers', kafka.bootstrapServers], {
      env: { LOG_LEVEL: 'trace' },
    })
    expect(searchFor({ shown })(run.stdout + run.stderr)).toEqual(['shown'])
  })

  test.concurrent.for([
    [
      'holds a secret',
      `PASS x\ntoken ${Buffer.from(`a:${secret}`).toString('base64')}\n`,
      1,
      ', line 2: secret 1',
    ],
    ['holds none', 'PASS x\n', 0, '0 of 1 files hold a secret or are missing'],
    ['is empty', '', 1, 'there are 0 characters of output'],
  ] as const)('of a whole run, whose output %s', async ([, output, exit, says]) => {
    await using folder = await temporaryFolder()
    const [registered, log] = [join(folder.path, 'secrets'), join(folder.path, 'test.log')]
    await writeFile(registered, `${JSON.stringify(secret)}\n`)
    await writeFile(log, output)
    const { code, text } = await search(registered, log)
    expect({ code, text }).toEqual({ code: exit, text: expect.stringContaining(says) })
    expect(searchFor({ secret })(text)).toEqual([])
  })

  test.concurrent('of a whole run fails when no secret was registered', async () => {
    await using folder = await temporaryFolder()
    const output = join(folder.path, 'test.log')
    await writeFile(output, 'PASS x\n')
    expect((await search(join(folder.path, 'secrets'), output)).code).toBe(1)
  })
})

function search(
  registered: string,
  output: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const program = fileURLToPath(new URL('search-for-secrets.ts', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', program, registered, output], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr })
    })
  })
}
