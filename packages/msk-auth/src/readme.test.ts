import { nodeProgram } from '@pinpipe/local-stack/environment'
import { runProgram } from '@pinpipe/local-stack/run-program'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '..')
const examples = [
  ...(await readFile(join(folder, 'README.md'), 'utf8')).matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, example = '']) => example)

// The first example logs in to a broker: oauthbearer.stack.test.ts runs it.
test.each(examples.slice(1))('an example of the README prints what it says: %#', async (example) => {
  const said = [...example.matchAll(/^\/\/ (.+)$/gm)].map(([, line]) => line)
  expect(said).toHaveLength(2)
  const args = ['--input-type=module-typescript', '--eval', example]
  expect(await runProgram(nodeProgram, args, { cwd: folder })).toEqual({
    stdout: `${said.join('\n')}\n`,
    stderr: '',
    code: 0,
  })
})

test('there are two such examples', () => {
  expect(examples).toHaveLength(3)
})
