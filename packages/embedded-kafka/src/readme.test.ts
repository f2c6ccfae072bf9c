import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { apis } from './apis.ts'

test('the README lists every API with its versions', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...apis.values()]
    .toSorted((a, b) => a.key - b.key)
    .map(({ key, name, versions: [lowest, highest] }) => `| ${key} | ${name} | ${lowest}–${highest} |`)
  const table = ['| key | API | versions |', '|---|---|---|', ...rows].join('\n')
  const [, between = ''] = /<!-- apis:[^>]*-->\n([^]*?)<!-- end of apis -->/.exec(readme) ?? []
  expect(between.trim()).toBe(table)
})
