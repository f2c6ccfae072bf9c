import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { temporaryFolder } from './temporary-folder-test-helpers.ts'
import { runTopics } from './topics-test-helpers.ts'

/** What the README shows: the lines after `$ topics`, each with what it prints. */
async function shownCommands(): Promise<readonly { readonly line: string; readonly stdout: string }[]> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
  return blocks.flatMap((block) =>
    block
      .split(/^\$ topics /m)
      .slice(1)
      .map((text) => {
        const end = text.indexOf('\n')
        return { line: text.slice(0, end), stdout: text.slice(end + 1) }
      }),
  )
}

stackTest(
  'every command of the README prints what the README shows',
  { timeout: 120_000 },
  async ({ kafka }) => {
    await using folder = await temporaryFolder()
    const properties = join(folder.path, 'client.properties')
    await writeFile(properties, 'security.protocol=PLAINTEXT\n')
    // As long as the README's, so that the columns are as wide.
    const prefix = unique('r')
    const commands = await shownCommands()
    expect(commands.length).toBeGreaterThan(4)
    for (const { line, stdout } of commands) {
      const argv = line
        .replaceAll('0af8d0adfd13', prefix)
        .split(' ')
        .map((word) => word.replace('$B', kafka.bootstrapServers).replace(/^client\.properties$/, properties))
      const ran = await runTopics(argv)
      expect({ line, ...ran, stdout: ran.stdout.replaceAll(prefix, '0af8d0adfd13') }).toEqual({
        line,
        code: 0,
        stdout,
        stderr: '',
      })
    }
  },
)
