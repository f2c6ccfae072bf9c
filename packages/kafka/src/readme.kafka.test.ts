/** The README's example is run as it stands there. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { type KafkaConnection } from './connection.ts'
import { plainConnection } from './testing/kafka-topic.ts'

type Example = {
  readonly roundTrip: (connection: KafkaConnection, topic: string, key: string) => Promise<string>
}

stackTest("the README's example sends and reads a record", async ({ kafka }) => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const source = /```ts\n([\s\S]*?)```/.exec(readme)?.[1]
  expect(source).toContain('roundTrip')
  // Beside the sources, so that its imports are resolved as an app's are.
  const folder = await mkdtemp(join(import.meta.dirname, '.readme-'))
  try {
    await writeFile(join(folder, 'example.ts'), source ?? '')
    const { roundTrip }: Example = await import(join(folder, 'example.ts'))
    expect(await roundTrip(plainConnection(kafka.bootstrapServers), unique('readme'), '7528')).toBe(
      '{"index":7528}',
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
