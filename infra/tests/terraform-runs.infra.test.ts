/** Every `run` block of every `*.tftest.hcl` file, each reported as a test of its own. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { readMessages, wordsOf } from './terraform-messages.ts'
import { infraFolder, withTerraform } from './terraform.ts'

type Run = { readonly file: string; readonly name: string; readonly status: string; readonly words: string }

const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(infraFolder, 'modules', entry.name)))
  .map((entry) => `tests/${entry.name}`)
  .concat('tests/examples')

// The names of the tests come from Terraform, so it runs while they are collected.
const runs = inject('terraformProblem') === '' ? await runAll(folders) : []

describeTerraform('terraform test', () => {
  test.each(runs)('$file: $name', ({ status, words }) => {
    expect({ status, words }).toEqual({ status: 'pass', words })
  })

  test('every module and the examples have runs, 60 and more in all', () => {
    const tested = new Set(runs.map(({ file }) => file.split('/')[1]))
    expect(tested).toEqual(new Set([...readdirSync(join(infraFolder, 'modules')), 'examples']))
    expect(runs.length).toBeGreaterThanOrEqual(60)
  })
})

/** Two at a time: one for each core of a small machine. */
async function runAll(directories: readonly string[]): Promise<readonly Run[]> {
  const waiting = [...directories]
  const found: Run[] = []
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      // oxlint-disable-next-line no-await-in-loop -- a worker takes one folder after the other
      found.push(...(await runFolder(next)))
  }
  await Promise.all([worker(), worker()])
  return found.toSorted((a, b) => a.file.localeCompare(b.file))
}

async function runFolder(testDirectory: string): Promise<readonly Run[]> {
  const outcome = await withTerraform(
    infraFolder,
    async (terraform) => await terraform(['test', `-test-directory=${testDirectory}`, '-json']),
    { testDirectory },
  )
  const messages = readMessages(outcome.stdout)
  const completed = messages.flatMap(({ test_run: run }) => (run?.progress === 'complete' ? [run] : []))
  if (completed.length === 0)
    return [{ file: testDirectory, name: 'loads', status: 'error', words: wordsOf(messages) }]
  return completed.map(({ path, run, status = 'error' }) => {
    const ours = messages.filter((message) => message['@testrun'] === run && message['@testfile'] === path)
    return { file: path, name: run, status, words: wordsOf(ours.length > 0 ? ours : messages) }
  })
}
