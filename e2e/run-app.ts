/**
 * Runs a built app as its users do: `node apps/<app>/dist/<app>.js` in a child process with an environment that holds
 * nothing but what the test names. Everything an app prints goes through here, so the search for leaked secrets sees it.
 */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export type App = 'producer' | 'consumer' | 'topic-admin'

export type AppRun = {
  /** The exit code, or the name of the signal that ended the process. */
  readonly exit: number | NodeJS.Signals
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

export type AppOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Kills the process with SIGKILL after this long, so that a hang fails its own test: 60 s by default. */
  readonly timeoutMs?: number
}

/** A started app: wait for it with `done`, or send it signals first. */
export type StartedApp = {
  readonly done: Promise<AppRun>
  readonly signal: (name: NodeJS.Signals) => void
  /** Resolves when what was printed so far matches, rejects when the app ends before it does. */
  readonly printed: (pattern: RegExp) => Promise<void>
  /** What it printed so far on both streams. */
  readonly output: () => string
}

/** The path of an app's bundle; `e2e/build-apps.ts` makes it before the tests run. */
export const bundleOf = (app: App): string =>
  fileURLToPath(new URL(`../apps/${app}/dist/${app}.js`, import.meta.url))

/** Starts an app and returns at once. */
export function startApp(app: App, args: readonly string[], options: AppOptions = {}): StartedApp {
  const started = performance.now()
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [bundleOf(app), ...args], {
    env: { PATH, HOME, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const hang = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000)
  const done = new Promise<AppRun>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(hang)
      keepForSearch(output.stdout + output.stderr)
      resolve({ exit: code ?? signal ?? 'SIGKILL', ...output, durationMs: performance.now() - started })
    })
  })
  const printed = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(output.stdout + output.stderr)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(
          `${app} ended before it printed ${String(pattern)}:\n${output.stdout}\n${output.stderr}`,
        )
      // oxlint-disable-next-line no-await-in-loop
      await sleep(20)
    }
  }
  return { done, signal: (name) => child.kill(name), printed, output: () => output.stdout + output.stderr }
}

/** With SECRETS_CANARY_FILE, what the apps printed goes to a file beside it: the search covers it although no test shows it. */
function keepForSearch(text: string): void {
  const file = process.env['SECRETS_CANARY_FILE'] ?? ''
  if (file !== '') appendFileSync(`${file}.output`, text, { mode: 0o600 })
}

/** Runs an app to its end. */
export const runApp = (app: App, args: readonly string[], options: AppOptions = {}): Promise<AppRun> =>
  startApp(app, args, options).done

/** The JSON summary on the last line of an app's standard output. */
export function summaryOf(run: AppRun): Readonly<Record<string, number>> {
  const last = run.stdout.trimEnd().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(last) as Record<string, number>
  } catch {
    throw new Error(`No summary on standard output (exit ${run.exit}):\n${run.stdout}\n${run.stderr}`)
  }
}
