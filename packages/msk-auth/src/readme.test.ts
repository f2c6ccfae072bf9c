import { nodeProgram } from '@pinpipe/local-stack/environment'
import { runProgram } from '@pinpipe/local-stack/run-program'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// The first example logs in to a broker: oauthbearer.stack.test.ts runs it.
test("the README's example of a policy prints what it says", async () => {
  const folder = join(import.meta.dirname, '..')
  const readme = await readFile(join(folder, 'README.md'), 'utf8')
  const [, example = ''] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1])
  const said = [...example.matchAll(/^\/\/ (.+)$/gm)].map((match) => match[1])
  const args = ['--input-type=module-typescript', '--eval', example]
  expect(await runProgram(nodeProgram, args, { cwd: folder })).toEqual({
    stdout: `${said.join('\n')}\n`,
    stderr: '',
    code: 0,
  })
  expect(said).toHaveLength(2)
})
