import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect, test } from 'vitest'
import { differenceCodes, noteCodes } from './inspect/finding.ts'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer } from './testing/run-consumer.ts'
import { makeTopic, numbered } from './testing/stack.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** Commands of the README, each with what it writes to stdout. */
const sessions = [...readme.matchAll(/```console\n\$ pnpm consumer (.+)\n([^]*?)```/g)].map(
  ([, command = '', output = '']) => ({ command, output }),
)

stackTest('the commands that look at a lake write what the README shows', async ({ kafka }) => {
  await using lake = await temporaryFolder()
  const { topic, send } = await makeTopic(kafka.bootstrapServers, { topic: unique('demo') })
  await send(0, numbered(5))
  const shared = ['--brokers', kafka.bootstrapServers, '--topics', topic, '--lake', `dir:${lake.path}`]
  expect((await runConsumer([...shared, '--group', unique('g'), '--until-end'])).code).toBe(0)
  expect(sessions.map(({ command }) => command.split(' ')[0])).toEqual(['status', 'verify', 'locate'])
  for (const { command, output } of sessions) {
    const argv = command
      .replace('dir:./lake', `dir:${lake.path}`)
      .replace('--topic demo', `--topic ${topic}`)
      .replace('localhost:9092', kafka.bootstrapServers)
    const { stdout } = await runConsumer(argv.split(' '))
    expect(plain(stdout.replaceAll(topic, 'demo'))).toBe(plain(output))
  }
})

test('the README explains every code of verify', () => {
  for (const code of [...differenceCodes, ...noteCodes]) expect(readme).toContain(`| \`${code}\` |`)
})

/** Without times and without the widths of columns. */
function plain(text: string): string {
  return text.replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME').replaceAll(/ {2,}/g, '  ')
}
