/** What the build refuses, told at once: a line was changed, and the bug that changes it does not fit any more. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { scenarios, type Scenario } from './mutant-scenarios.ts'

const changes = [
  ...mutants.map(({ name, file, find }) => [name, file, find] as const),
  ...Object.entries(scenarios).flatMap(([name, scenario]) =>
    ((scenario as Scenario).changes ?? []).map(({ file, from }) => [name, file, from] as const),
  ),
]

test.for(changes)('the code has the line of: %s', async ([, file, snippet]) => {
  const source = await readFile(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')
  expect(source.split(snippet)).toHaveLength(2)
})

test('no two bugs have the same name, and there are at least 25', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.length).toBeGreaterThanOrEqual(25)
})
