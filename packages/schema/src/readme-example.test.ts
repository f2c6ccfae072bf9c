import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the example of the README gives what its comments say', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const example = /```ts\n([\s\S]+?)```/.exec(readme)?.[1] ?? ''
  const file = join(import.meta.dirname, '../node_modules/.readme-example.ts')
  writeFileSync(file, example)
  try {
    expect(await import(file)).toMatchObject({
      topic: '0af8d0adfd13.geo',
      table: 'geolocation_data',
      key: '7528',
      value:
        '{"ind":7528,"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"longitude":-173.293,"country":"Albania"}',
      check: { ok: false, problems: [{ path: 'latitude', reason: 'expected a number, found text' }] },
    })
  } finally {
    rmSync(file)
  }
})
