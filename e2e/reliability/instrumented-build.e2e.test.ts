/** Failpoints are in the test build, each of them, and in the release build there is no trace of them. */
import { execFile } from 'node:child_process'
import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { bundleOf } from '../run-app.ts'
import { temporaryFolder } from '../unhappy-paths.ts'
import { buildInstrumented } from './instrumented-build.ts'

const source = fileURLToPath(new URL('../../apps/consumer/src/', import.meta.url))

/** Anything that was meant to be one, also when it is misspelt. */
async function failpointsInSource(): Promise<readonly string[]> {
  const names = new Set<string>()
  for await (const file of glob('**/*.ts', { cwd: source, exclude: (name) => name.endsWith('.test.ts') })) {
    const text = await readFile(source + file, 'utf8')
    for (const [, name = ''] of text.matchAll(/fail-?point\W+([\w-]*)/gi)) names.add(name)
  }
  return [...names].toSorted()
}

describe('the instrumented build', () => {
  test('has every failpoint of the source', async () => {
    await using folder = await temporaryFolder()
    const { bundle, failpoints } = await buildInstrumented('consumer', folder.path)
    expect(failpoints).toEqual(await failpointsInSource())
    expect(failpoints.length).toBeGreaterThan(2)
    const code = await readFile(bundle, 'utf8')
    for (const name of failpoints) expect(code).toContain(`await globalThis.__failpoint("${name}")`)
  })

  test('runs', async () => {
    await using folder = await temporaryFolder()
    const { bundle } = await buildInstrumented('consumer', folder.path)
    const { stdout } = await promisify(execFile)(process.execPath, [bundle, '--version'])
    expect(stdout).toMatch(/^\S*consumer \d|^\d/)
  })

  test('replaces a snippet that is there exactly once', async () => {
    await using folder = await temporaryFolder()
    const change = {
      file: 'apps/consumer/src/main.ts',
      from: "setFlagsFromString('--no-allocation-site-pretenuring')",
      to: 'Object.assign(globalThis, { wasChanged: true })',
    }
    const { bundle } = await buildInstrumented('consumer', folder.path, [change])
    expect(await readFile(bundle, 'utf8')).toContain('wasChanged: true')
  })

  test.for([
    ['is not there', 'no such words', 'holds the snippet to change 0 times'],
    ['is there more than once', 'import', 'times instead of once'],
  ] as const)('refuses a change whose snippet %s', async ([, from, says]) => {
    await using folder = await temporaryFolder()
    const change = { file: 'apps/consumer/src/main.ts', from, to: '' }
    await expect(buildInstrumented('consumer', folder.path, [change])).rejects.toThrow(says)
  })
})

test('the release build has no trace of a failpoint', async () => {
  const code = await readFile(bundleOf('consumer'), 'utf8')
  expect(code.length).toBeGreaterThan(100_000)
  expect(code.toLowerCase()).not.toContain('failpoint')
})
