import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newSecret, registerSecret } from './secrets.ts'

test('each secret is another one, and is noted where the run looks for it', async ({ onTestFinished }) => {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-secrets-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const env = { SECRETS_CANARY_FILE: join(folder, 'secrets') }
  const made = [newSecret(18, env), newSecret(30, env)]
  registerSecret('with "quotes"\nand a line', env)
  const lines = (await readFile(env.SECRETS_CANARY_FILE, 'utf8')).trimEnd().split('\n')
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([...made, 'with "quotes"\nand a line'])
  expect(made[0]).not.toBe(made[1])
  expect((await stat(env.SECRETS_CANARY_FILE)).mode & 0o777).toBe(0o600)
})

test('without the file nothing is noted', () => {
  expect(newSecret(18, {})).toHaveLength(24)
})
