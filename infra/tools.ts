/** The programs that check the Terraform code, each fetched into the user's cache folder on first use. */
import { join } from 'node:path'
import { type GoTool, fetchGoTool } from '@pinpipe/local-stack/go-tool'
import { fetchPythonTools } from '@pinpipe/local-stack/python-tools'

const tfLint: GoTool = {
  name: 'tflint',
  package: 'github.com/terraform-linters/tflint',
  version: 'v0.64.0',
}
const configInspect: GoTool = {
  name: 'terraform-config-inspect',
  package: 'github.com/hashicorp/terraform-config-inspect',
  version: 'v0.0.0-20260904064934-75d64de68c31',
}

/** @throws Error when it is not in the cache and Go cannot build it */
export async function fetchTfLint(): Promise<string> {
  return await fetchGoTool(tfLint)
}

/** HashiCorp's reader of a module's inputs and outputs. @throws Error when it is not in the cache and Go cannot build it */
export async function fetchConfigInspect(): Promise<string> {
  return await fetchGoTool(configInspect)
}

/** @throws Error when it is not in the cache and Python or pip cannot install it */
export async function fetchCheckov(): Promise<string> {
  const programs = await fetchPythonTools(
    'checkov',
    join(import.meta.dirname, 'tests/requirements-checkov.txt'),
  )
  return join(programs, 'checkov')
}
