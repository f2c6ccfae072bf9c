/**
 * One way in which something is wrong, and what an app must say about it. Every case goes through `expectUnhappy`, so the
 * rules of all apps stand here once: the documented exit code, one sentence on stderr that names the cause and the
 * remedy, no stack, no secret, an end without help, and nothing changed that must not change.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { expect } from 'vitest'
import { runApp, type App, type AppRun } from './run-app.ts'
import { searchFor } from './secrets-canary.ts'

export type Unhappy = {
  readonly app: App
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A code of contracts: 1 failed, 3 refused, 4 login or rights, 5 unreachable, 64 settings. */
  readonly exit: 1 | 3 | 4 | 5 | 64
  /** What is wrong: the beginning of the sentence, after the app's name. */
  readonly cause: string
  /** What to do about it: the end of the sentence. */
  readonly remedy: string
  /** What must be the same before and after: a log, a lake, a list of topics. */
  readonly unchanged?: () => Promise<unknown>
  /** Secrets that stand in files; those in `env` are found by their variables. */
  readonly secrets?: readonly string[]
}

/** An app that needs longer than this hangs: it is killed and its exit is a signal's name. */
const patienceMs = 30_000

/** Runs the app and checks everything that holds for every failure. */
export async function expectUnhappy(unhappy: Unhappy): Promise<AppRun> {
  const before = await unhappy.unchanged?.()
  const run = await runUnhappy(unhappy)
  const [sentence = '', ...more] = sentencesOf(run.stderr)
  const cause = `${nameOf(unhappy.app)}: ${unhappy.cause}`
  expect({
    exit: run.exit,
    cause: sentence.slice(0, cause.length),
    remedy: sentence.slice(-unhappy.remedy.length),
    more,
    sentence,
  }).toEqual({ exit: unhappy.exit, cause, remedy: unhappy.remedy, more: [], sentence })
  if (unhappy.unchanged !== undefined) expect(await unhappy.unchanged()).toEqual(before)
  return run
}

/** Several problems with the settings: one line that counts them, then one line each; `problems` are their beginnings. */
export async function expectProblems({
  problems,
  ...unhappy
}: Pick<Unhappy, 'app' | 'args' | 'env' | 'secrets'> & {
  readonly problems: readonly string[]
}): Promise<void> {
  const run = await runUnhappy(unhappy)
  const [head, ...lines] = sentencesOf(run.stderr)
  const found = problems.map((problem) => lines.find((line) => line.startsWith(`  - ${problem}`)))
  expect({ exit: run.exit, head, lines: lines.toSorted() }).toEqual({
    exit: 64,
    head: `${nameOf(unhappy.app)}: ${problems.length} problems with the settings:`,
    lines: found.map(String).toSorted(),
  })
}

/** Runs an app that fails; checks that it ended by itself, shows no stack and no secret. */
async function runUnhappy({
  app,
  args,
  env = {},
  secrets = [],
}: Pick<Unhappy, 'app' | 'args' | 'env' | 'secrets'>): Promise<AppRun> {
  const run = await runApp(app, args, { env: { ...withoutAws, ...env }, timeoutMs: patienceMs })
  expect(run.exit).not.toBe('SIGKILL')
  expect(run.stderr).not.toMatch(/\n\s+at /)
  // A leak of ours: the process was only ended by its last resort.
  expect(run.stderr).not.toContain('did not exit naturally')
  const given = Object.entries([...secrets, ...secretsIn(env)])
  expect(searchFor(Object.fromEntries(given))(run.stdout + run.stderr)).toEqual([])
  return run
}

/** No credentials of the machine that runs the tests, and no search for them in its network. */
const withoutAws = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
}

/** What an app calls itself in its sentences. */
const nameOf = (app: App): string => (app === 'topic-admin' ? 'topics' : app)

/** The lines on stderr that are for people: log lines and the summary of `--out stdout` are JSON. */
function sentencesOf(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !isJson(line))
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

function secretsIn(env: Readonly<Record<string, string>>): readonly string[] {
  const named = Object.entries(env)
    .filter(([name]) => /PASSWORD|SECRET|TOKEN/.test(name))
    .map(([, value]) => value)
  const inUrl = URL.parse(env['MYSQL_URL'] ?? '')?.password ?? ''
  return [...named, inUrl].filter((secret) => secret !== '')
}

/** A folder for one test, gone after it. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pinpipe-unhappy-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A client.properties file of these lines, in a folder of its own. */
export async function propertiesFile(
  lines: readonly string[],
): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'client.properties')
  await writeFile(path, `${lines.join('\n')}\n`)
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

/** The topics of a cluster: a failing app must not change them. */
export async function topicNames(brokers: string): Promise<readonly string[]> {
  await using admin = await openReadOnlyAdmin({ clientId: 'e2e', brokers: brokers.split(','), tls: false })
  return await admin.listTopics()
}

/** The high watermark of each partition of a topic. */
export async function highWatermarks(brokers: string, topic: string): Promise<readonly bigint[]> {
  await using admin = await openReadOnlyAdmin({ clientId: 'e2e', brokers: brokers.split(','), tls: false })
  return (await admin.watermarks(topic)).map(({ high }) => high)
}
