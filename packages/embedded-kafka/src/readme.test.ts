import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { apis } from './apis.ts'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

test('the README lists every API with its versions', async () => {
  const readme = await read('../README.md')
  const rows = [...apis.values()]
    .toSorted((a, b) => a.key - b.key)
    .map(({ key, name, versions: [lowest, highest] }) => `| ${key} | ${name} | ${lowest}–${highest} |`)
  const table = ['| key | API | versions |', '|---|---|---|', ...rows].join('\n')
  const [, between = ''] = /<!-- apis:[^>]*-->\n([^]*?)<!-- end of apis -->/.exec(readme) ?? []
  expect(between.trim()).toBe(table)
})

test('the README’s example is the one that is run', async () => {
  const example = await read('readme-example.test.ts')
  expect(await read('../README.md')).toContain(`\`\`\`ts\n${example}\`\`\``)
})
