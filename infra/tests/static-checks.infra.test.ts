/** What can be said of the code without running it: format, validity, lint, and known bad practice. */
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeProgram } from '@pinpipe/local-stack/environment'
import { runProgram } from '@pinpipe/local-stack/run-program'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { infraFolder, withTerraform } from './terraform.ts'
import { fetchCheckov, fetchConfigInspect, fetchTfLint } from '../tools.ts'
import { orSkip } from './or-skip.ts'

const configurations = ['modules', 'examples'].flatMap((kind) =>
  readdirSync(join(infraFolder, kind)).map((name) => `${kind}/${name}`),
)

describeTerraform('the Terraform code', () => {
  let copy = ''

  beforeAll(async () => {
    // Terraform writes a lock file into a module that it initialises: so it works on a copy.
    copy = await mkdtemp(join(tmpdir(), 'pinpipe-infra-'))
    await cp(infraFolder, copy, { recursive: true, filter: isSource })
    const lock = join(infraFolder, '.terraform.lock.hcl')
    await Promise.all(configurations.map((each) => cp(lock, join(copy, each, '.terraform.lock.hcl'))))
  })

  afterAll(async () => await rm(copy, { recursive: true, force: true }))

  test('is formatted as `terraform fmt` does', async () => {
    const { stdout, code } = await runProgram('terraform', [
      'fmt',
      '-check',
      '-diff',
      '-recursive',
      infraFolder,
    ])
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 })
  })

  test.each(configurations)('%s is valid, without a warning', async (configuration) => {
    const validate = await withTerraform(
      join(copy, configuration),
      async (terraform) => await terraform(['validate', '-json']),
    )
    expect(JSON.parse(validate.stdout)).toMatchObject({ valid: true, warning_count: 0, diagnostics: [] })
  })

  test('every example locks the same providers, for every platform', async () => {
    const lock = await readFile(join(infraFolder, '.terraform.lock.hcl'), 'utf8')
    const examples = await readdir(join(infraFolder, 'examples'))
    const locks = await Promise.all(
      examples.map(
        async (name) => await readFile(join(infraFolder, 'examples', name, '.terraform.lock.hcl'), 'utf8'),
      ),
    )
    for (const each of locks) expect(each).toBe(lock)
    // The registry's own checksums, one a platform, beside those of a local mirror.
    expect(lock.match(/"zh:/g)?.length).toBeGreaterThan(10)
  })

  test('the READMEs list the inputs and outputs that the code has', async ({ skip }) => {
    await orSkip(skip, fetchConfigInspect)
    const check = ['--import', 'tsx', 'scripts/generate-module-docs.ts', '--check']
    const { stderr, code } = await runProgram(nodeProgram, check, { cwd: join(infraFolder, '..') })
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  })

  test('tflint has nothing to say', async ({ skip }) => {
    const tfLint = await orSkip(skip, fetchTfLint)
    const config = join(infraFolder, '.tflint.hcl')
    const lint = await runProgram(tfLint, ['--recursive', `--config=${config}`, '--format=compact'], {
      cwd: infraFolder,
    })
    expect(lint).toEqual({ stdout: '', stderr: '', code: 0 })
  })

  test('checkov finds nothing but what is skipped with a reason', async ({ skip }) => {
    const checkov = await orSkip(skip, fetchCheckov)
    const args = ['--directory', '.', '--config-file', '.checkov.yaml', '--output', 'json']
    const { stdout, code } = await runProgram(checkov, args, {
      cwd: infraFolder,
      env: { LOG_LEVEL: 'ERROR' },
    })
    const { summary, results }: CheckovReport = JSON.parse(stdout)
    const failed = results.failed_checks.map(
      ({ check_id, check_name, resource }) => `${check_id} ${resource}: ${check_name}`,
    )
    expect({ failed, code }).toEqual({ failed: [], code: 0 })
    expect(summary.passed).toBeGreaterThan(100)
    expect(summary.parsing_errors).toBe(0)
    const withoutReason = results.skipped_checks.filter(
      (each) => !/\w+ \w+ \w+/.test(each.check_result.suppress_comment),
    )
    expect(withoutReason.map((each) => each.check_id)).toEqual([])
  }, 180_000)
})

/** Neither what pnpm installed nor the tests. */
function isSource(path: string): boolean {
  return !/node_modules|\/tests(\/|$)/.test(path.slice(infraFolder.length))
}

type CheckovReport = {
  readonly summary: { readonly passed: number; readonly parsing_errors: number }
  readonly results: {
    readonly failed_checks: readonly { check_id: string; check_name: string; resource: string }[]
    readonly skipped_checks: readonly { check_id: string; check_result: { suppress_comment: string } }[]
  }
}
