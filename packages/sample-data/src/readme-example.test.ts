import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the example of the README gives what its comments say', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const file = join(import.meta.dirname, '../node_modules/.readme-example.ts')
  writeFileSync(file, /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? '')
  try {
    const example: unknown = await import(file)
    expect(example).toMatchObject({ rows: [7527, 7528, 7529], post: { index: 7528 } })
    expect(example).toHaveProperty('again', Object(example).post)
  } finally {
    rmSync(file)
  }
})
