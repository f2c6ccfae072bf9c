/**
 * Terraform as the tests run it: no account, no backend, a data folder of its own for each piece of work.
 *
 * The provider comes from the folder that TF_PLUGIN_MIRROR names (laid out as `terraform providers mirror` does), else from
 * the registry by way of the user's cache folder. The committed lock file must fit either.
 */
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder, environment } from '@pinpipe/local-stack/environment'
import { type Outcome, runProgram } from '@pinpipe/local-stack/run-program'
import { type Message, TerraformState, readMessages, wordsOf } from './terraform-messages.ts'

export const infraFolder = join(import.meta.dirname, '..')

type Variables = Readonly<Record<string, string>>

/** An initialised configuration: each call runs one Terraform command in it, and never throws for one that fails. */
export type Terraform = (args: readonly string[], env?: Variables) => Promise<Outcome>

/**
 * Initialises `folder` (and the modules that the tests of `testDirectory` name), then does the work.
 * @throws Error with Terraform's last lines when it cannot be initialised
 */
export async function withTerraform<T>(
  folder: string,
  work: (terraform: Terraform) => Promise<T>,
  options: { readonly testDirectory?: string } = {},
): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'pinpipe-terraform-'))
  const run: Terraform = async (args, env) =>
    await runProgram('terraform', [`-chdir=${folder}`, ...args], {
      env: {
        TF_DATA_DIR: data,
        TF_IN_AUTOMATION: '1',
        CHECKPOINT_DISABLE: '1',
        TF_CLI_ARGS: '-no-color',
        ...env,
      },
      timeoutMs: 600_000,
    })
  try {
    const init = await run(await initArguments(options.testDirectory), await providerCache())
    if (init.code !== 0)
      throw new Error(`Terraform cannot be initialised in ${folder}:\n${init.stderr.trim()}`)
    return await work(run)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

async function initArguments(testDirectory: string | undefined): Promise<readonly string[]> {
  const mirror = environment['TF_PLUGIN_MIRROR'] ?? ''
  return [
    'init',
    '-backend=false',
    '-input=false',
    '-lockfile=readonly',
    ...(mirror === '' ? [] : [`-plugin-dir=${mirror}`]),
    ...(testDirectory === undefined ? [] : [`-test-directory=${testDirectory}`]),
  ]
}

/** The provider is 700 MB: without a mirror it is downloaded once for all folders. */
async function providerCache(): Promise<Variables> {
  const folder = join(cacheFolder(), 'terraform-plugins')
  await mkdir(folder, { recursive: true })
  return { TF_PLUGIN_CACHE_DIR: folder }
}

const files = new Map<string, Promise<ReadonlyMap<string, TerraformState | Error>>>()

/**
 * The state that a `run` block with `command = apply` leaves behind: all documents as Terraform rendered them.
 * `testDirectory` is relative to infra/, e.g. `tests/data-bucket`. Each file of it is executed once a process.
 * @throws Error when no file of the folder has that run, or when it fails
 */
export async function testState(testDirectory: string, runName: string): Promise<TerraformState> {
  const file = await fileOfRun(testDirectory, runName)
  const states = files.get(file) ?? statesOf(testDirectory, file)
  files.set(file, states)
  const state = (await states).get(runName) ?? new Error(`The run ${runName} of ${file} left no state.`)
  if (state instanceof Error) throw state
  return state
}

/** Of each run of a file: its state, or what went wrong. */
async function statesOf(
  testDirectory: string,
  file: string,
): Promise<ReadonlyMap<string, TerraformState | Error>> {
  const test = ['test', `-test-directory=${testDirectory}`, `-filter=${file}`, '-json', '-verbose']
  const [{ stdout }, text] = await Promise.all([
    withTerraform(infraFolder, async (terraform) => await terraform(test), { testDirectory }),
    readFile(join(infraFolder, file), 'utf8'),
  ])
  const names = [...text.matchAll(/^run "(\w+)"/gm)].map(([, name = '']) => name)
  return new Map(names.map((name) => [name, stateOf(readMessages(stdout, name))]))
}

function stateOf(messages: readonly Message[]): TerraformState | Error {
  const state = messages.find((message) => message.test_state !== undefined)?.test_state
  const status = messages.find((message) => message.test_run?.progress === 'complete')?.test_run?.status
  if (state !== undefined && status === 'pass') return new TerraformState(state)
  return new Error(`The run ended with ${status ?? 'nothing'}.\n${wordsOf(messages)}`)
}

async function fileOfRun(testDirectory: string, runName: string): Promise<string> {
  const names = (await readdir(join(infraFolder, testDirectory))).filter((name) =>
    name.endsWith('.tftest.hcl'),
  )
  for (const name of names) {
    const path = join(testDirectory, name)
    // oxlint-disable-next-line no-await-in-loop -- a handful of small files
    const text = await readFile(join(infraFolder, path), 'utf8')
    if (text.includes(`run "${runName}"`)) return path
  }
  throw new Error(`No file of ${testDirectory} has a run "${runName}".`)
}
