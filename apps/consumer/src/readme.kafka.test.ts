import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { temporaryFolder } from './testing/folder.ts'
import { runConsumer, summaryIn } from './testing/run-consumer.ts'
import { makeTopic, numbered, objectsIn } from './testing/stack.ts'

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')

/** The first fenced block of a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readme)?.[1]?.trimEnd() ?? ''
}

stackTest('the example of the README does what the README says', async ({ kafka }) => {
  await using lake = await temporaryFolder()
  const { topic, send } = await makeTopic(kafka.bootstrapServers, { topic: unique('demo') })
  await send(0, numbered(5))
  const argv = block('sh')
    .replace('localhost:9092', kafka.bootstrapServers)
    .replace('--topics demo', `--topics ${topic}`)
    .replace('--group lake', `--group ${unique('lake')}`)
    .replace('dir:./lake', `dir:${lake.path}`)
    .split(' ')
  expect(argv.slice(0, 2)).toEqual(['pnpm', 'consumer'])
  const ended = await runConsumer(argv.slice(2))
  expect(ended.code).toBe(0)
  expect(summaryIn(ended)).toEqual({
    ...(JSON.parse(block('json')) as object),
    peakMemoryBytes: expect.any(Number) as number,
    durationMs: expect.any(Number) as number,
  })
  expect([...(await objectsIn(lake.path)).keys()]).toEqual([block('text').replaceAll('demo', topic)])
})
