/** Global setup of the `infra` project: says once why its tests are skipped, or fails where a missing program is a failure. */
import { environment } from '@pinpipe/local-stack/environment'
import { runProgram } from '@pinpipe/local-stack/run-program'
import { isStackRequired } from '@pinpipe/local-stack/vitest-setup'
import { type TestProject } from 'vitest/node'
import { infraFolder, withTerraform } from './terraform.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Why Terraform's tests cannot run here; empty when they can. */
    terraformProblem: string
  }
}

/** @throws Error when Terraform or its provider is missing and CI or REQUIRE_STACK is set */
export async function setup(project: TestProject): Promise<void> {
  const problem = await terraformProblem()
  if (problem !== '' && isStackRequired(environment)) {
    throw new Error(`The tests of infra/ need Terraform (CI or REQUIRE_STACK is set).\n${problem}`)
  }
  if (problem !== '') project.vitest.logger.log(`Skipped the tests of infra/: ${problem}`)
  project.provide('terraformProblem', problem)
}

async function terraformProblem(): Promise<string> {
  const version = await runProgram('terraform', ['version'])
  if (version.code !== 0) return 'no terraform on the PATH (version 1.11 or newer)'
  try {
    await withTerraform(infraFolder, async () => {})
    return ''
  } catch (error) {
    const [first = ''] = String(error instanceof Error ? error.message : error)
      .split('\n')
      .slice(1)
    return `its AWS provider cannot be had: name a plugin mirror in TF_PLUGIN_MIRROR, or allow the registry (${first})`
  }
}
