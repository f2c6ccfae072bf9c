import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TerraformState, readMessages } from './terraform-messages.ts'
import { infraFolder, withTerraform } from './terraform.ts'

export type Application = {
  /** A folder of `infra/modules`. */
  readonly module: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Changes the copy of infra/ that is applied: a schema catalogue with another table, say. */
  readonly edit?: (folder: string) => Promise<void>
}

const testDirectory = 'tests/applied'

/**
 * What a module makes of variables that only a test knows (such as names that no other test has), with the mocked provider.
 * For fixed ones, `testState` takes a run block as it stands.
 * @throws Error with Terraform's words when it does not apply
 */
export async function applyModule({ module, variables, edit }: Application): Promise<TerraformState> {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-infra-'))
  try {
    const parts = ['modules', 'tests/mocks', 'catalogue.json', 'versions.tf', '.terraform.lock.hcl']
    await Promise.all(
      parts.map(async (part) => await cp(join(infraFolder, part), join(folder, part), { recursive: true })),
    )
    await edit?.(folder)
    await mkdir(join(folder, testDirectory))
    const test = {
      mock_provider: { aws: { source: './tests/mocks' } },
      run: { applies: { module: { source: `./modules/${module}` }, variables } },
    }
    await writeFile(join(folder, testDirectory, 'applied.tftest.json'), JSON.stringify(test))
    return await withTerraform(
      folder,
      async (terraform) => {
        const { stdout } = await terraform(['test', `-test-directory=${testDirectory}`, '-json', '-verbose'])
        const messages = readMessages(stdout, 'applies')
        const state = messages.find((message) => message.test_state !== undefined)?.test_state
        if (state !== undefined) return new TerraformState(state)
        const words = messages.flatMap(({ diagnostic }) => diagnostic?.detail ?? [])
        throw new Error(`The module ${module} does not apply.\n${words.join('\n')}`)
      },
      { testDirectory },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
