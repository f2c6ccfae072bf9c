/** The text that tells people what to type: its commands are shell, and the loop that uploads the apps does what it says. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { environment } from '@pinpipe/local-stack/environment'
import { runProgram } from '@pinpipe/local-stack/run-program'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { testState } from './terraform.ts'

/** As `pnpm package-app` prints it; each app has a checksum of its own. */
const pnpm = `#!/bin/sh
[ "$1 $2" = '--silent package-app' ] || exit 9
echo "{\\"app\\":\\"$3\\",\\"archive\\":\\"/build here/$3-0.0.0.tgz\\",\\"sha256\\":\\"$(printf %s "$3" | sha256sum | cut -d ' ' -f 1)\\"}"
`
/** One argument a line, so that a space in one is seen. */
const aws = `#!/bin/sh
printf '%s|' "$@" >>"$AWS_CALLS"; echo >>"$AWS_CALLS"
`

describeTerraform('next_steps', () => {
  let folder = ''
  let steps: readonly string[] = []

  beforeAll(async () => {
    const state = await testState('tests/examples', 'makes_all_in_an_empty_account')
    // What is to be typed is indented.
    steps = state
      .text('next_steps')
      .split(/^(?=\d\. )/m)
      .map((step) => step.match(/^ {5}.*$/gm)?.join('\n') ?? '')
    folder = await mkdtemp(join(tmpdir(), 'pinpipe-next-steps-'))
    for (const [name, script] of Object.entries({ pnpm, aws })) {
      const path = join(folder, name)
      // oxlint-disable-next-line no-await-in-loop -- two small files
      await writeFile(path, script).then(() => chmod(path, 0o755))
    }
  }, 300_000)

  afterAll(async () => await rm(folder, { recursive: true, force: true }))

  test('are five, each with commands that a shell understands', async () => {
    expect(steps).toHaveLength(5)
    for (const input of steps) {
      expect(input).not.toBe('')
      // oxlint-disable-next-line no-await-in-loop -- five short looks
      expect(await runProgram('bash', ['-n'], { input })).toEqual({ stdout: '', stderr: '', code: 0 })
    }
  })

  test('upload each app under its checksum, never in place of another, and print the lines that deploy them', async () => {
    const calls = join(folder, 'calls')
    const env = { PATH: `${folder}${delimiter}${environment['PATH'] ?? ''}`, AWS_CALLS: calls }
    const upload = await runProgram('bash', ['-eu'], { input: steps[2] ?? '', env })
    expect(upload).toMatchObject({ stderr: '', code: 0 })

    const lines = upload.stdout.trim().split('\n')
    const deploy =
      /^sudo \/usr\/local\/bin\/pinpipe-deploy (\S+) s3:\/\/pinpipe-111122223333\/(\S+) ([0-9a-f]{64})$/
    const deployed = lines.map((line) => deploy.exec(line)?.slice(1) ?? [line])
    expect(deployed.map(([app]) => app)).toEqual(['topic-admin', 'consumer', 'producer'])
    const { stdout: uploaded } = await runProgram('cat', [calls])
    expect(uploaded.trim().split('\n')).toEqual(
      deployed.map(([app = '', key = '', sha256 = '']) => {
        expect(key).toBe(`releases/${app}/${app}-${sha256.slice(0, 12)}.tgz`)
        const put = ['s3api', 'put-object', '--region', 'eu-west-1', '--bucket', 'pinpipe-111122223333']
        const object = ['--key', key, '--body', `/build here/${app}-0.0.0.tgz`, '--if-none-match', '*']
        return `${[...put, ...object, '--query', 'ETag'].join('|')}|`
      }),
    )
  })
})
