/** Makes a process of an app: parse → log → health server → run → release → exit code. */
import { Writable } from 'node:stream'
import { type AppProcess } from './app-process.ts'
import { chooseCommand, otherFlags, variablesOf } from './command-line.ts'
import { type AnyCommand, type App, type CommandContext } from './command.ts'
import { commonSettings } from './common-settings.ts'
import { exitCodeOf, exitCodes, sentenceOf, UsageFailure } from './failure.ts'
import { startHealthServer } from './health-server.ts'
import { Health } from './health.ts'
import { appHelp, commandHelp } from './help.ts'
import { Lifecycle } from './lifecycle.ts'
import { createLogger, type Logger } from './logger.ts'
import { Metrics } from './metrics.ts'
import { startProgress } from './progress.ts'
import { processRedactor, redact } from './redaction.ts'
import { type SettingsOf, type SettingsSpec } from './setting.ts'
import { checkSpec, parseSettings } from './settings.ts'
import { StderrLine } from './stderr-line.ts'

type Common = SettingsOf<typeof commonSettings>

/**
 * Runs the command that the process was started with and sets the exit code; resolves with it when everything is
 * released. Never throws: a failure is one sentence on stderr, a stack only with `--log-level debug`.
 */
export async function runApp(app: App, proc: AppProcess = process): Promise<number> {
  processRedactor.registerEnvironment(proc.env)
  const line = new StderrLine(proc.stderr, redact)
  const state: { log?: Logger } = {}
  const sentence = (text: string, cause?: unknown): void => {
    line.keep()
    line.write(`${app.name}: ${text}\n`)
    const isDebug = state.log?.isLevelEnabled('debug') === true
    if (isDebug && cause instanceof Error) line.write(`${stackOf(cause)}\n`)
  }
  const lifecycle = new Lifecycle(proc, { sentence, note: (level, text) => state.log?.[level](text) })
  let code: number
  try {
    code = await runCommand(app, proc, { lifecycle, line, state })
  } catch (error) {
    code = failed(app, proc, { error, lifecycle, sentence })
  }
  await lifecycle.release()
  line.keep()
  lifecycle.end(code)
  return code
}

async function runCommand(
  app: App,
  proc: AppProcess,
  parts: { readonly lifecycle: Lifecycle; readonly line: StderrLine; readonly state: { log?: Logger } },
): Promise<number> {
  const { lifecycle, line, state } = parts
  const typed = proc.argv.slice(2)
  const chosen = chooseCommand(app, app.rewriteArgv?.(typed) ?? typed, commonSettings)
  if (chosen.wants !== 'run') {
    proc.stdout.write(
      chosen.wants === 'version' ? `${app.name} ${app.version}\n` : helpOf(app, chosen.command),
    )
    return exitCodes.done
  }
  if (chosen.problem !== undefined) throw new UsageFailure(chosen.problem)
  if (chosen.command === undefined) {
    throw new UsageFailure(
      `a command is missing: ${app.commands.map((one) => one.name).join(', ')} (--help says more)`,
    )
  }
  const { command } = chosen
  const spec: SettingsSpec = withCommon(command)
  const { settings, positionals } = parseSettings(spec, {
    argv: chosen.argv,
    env: proc.env,
    allowPositionals: command.positionals !== undefined,
    exclusive: command.exclusive ?? [],
    rules: command.rules ?? [],
    elsewhere: otherFlags(app, command),
    otherVariables: [...variablesOf(app), ...(app.otherVariables ?? [])],
  })
  // The common settings are part of the spec unless the command declared one anew, with the same meaning.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const common = settings as Common
  lifecycle.times = { ...lifecycle.times, graceMs: common.grace }
  const context = await contextOf(app, proc, { lifecycle, line, common })
  state.log = context.log
  context.log.debug({ version: app.version, command: command.name }, 'starting')
  const code = await command.run(settings, context, positionals)
  return code ?? exitCodes.done
}

/** The command's settings and the common ones; a command may declare a common one anew. */
function withCommon(command: AnyCommand): SettingsSpec {
  const spec = {
    ...command.settings,
    ...Object.fromEntries(Object.entries(commonSettings).filter(([key]) => !(key in command.settings))),
  }
  checkSpec(spec)
  return spec
}

function helpOf(app: App, command: AnyCommand | undefined): string {
  const only = app.commands.length === 1 ? app.commands[0] : undefined
  const shown = command ?? only
  if (shown !== undefined) return commandHelp(app, shown, withCommon(shown))
  const main = app.commands.find((one) => one.name === app.defaultCommand)
  return main === undefined ? appHelp(app) : `${appHelp(app)}\n${commandHelp(app, main, withCommon(main))}`
}

async function contextOf(
  app: App,
  proc: AppProcess,
  parts: { readonly lifecycle: Lifecycle; readonly line: StderrLine; readonly common: Common },
): Promise<CommandContext> {
  const { lifecycle, line, common } = parts
  const isTerminal = proc.stderr.isTTY === true
  const log = createLogger({
    app: app.name,
    level: common.logLevel,
    format: common.logFormat ?? (isTerminal ? 'pretty' : 'json'),
    redactor: processRedactor,
    colors: isTerminal && proc.env['NO_COLOR'] === undefined,
    write: (text) => line.writeRedacted(text),
  })
  const metrics = new Metrics(app.name)
  const health = new Health()
  const drain = lifecycle.drain
  drain.addEventListener('abort', () => health.notReady('process', 'draining'))
  if (common.metricsPort !== undefined) {
    metrics.collectProcessMetrics()
    const server = await startHealthServer({
      host: common.metricsHost,
      port: common.metricsPort,
      metrics,
      health,
      redact,
    })
    lifecycle.onRelease('the metrics server', () => server[Symbol.asyncDispose]())
    log.info({ url: server.url }, 'serving /metrics, /livez, /readyz and /status')
  }
  return {
    log,
    stdin: proc.stdin,
    stdout: proc.stdout,
    stderr: stderrStream(line),
    env: proc.env,
    drain,
    onRelease: (name, release) => lifecycle.onRelease(name, release),
    metrics,
    health,
    isTerminal,
    isInteractive: isTerminal && proc.stdin.isTTY === true,
    progress: (render) =>
      startProgress(render, { mode: common.progress, isTerminal, line, log: (text) => log.info(text) }),
    addSecret: (secret) => processRedactor.register(secret),
  }
}

/** stderr for a command: through the one owner, so that it is redacted and does not tear the live line. */
function stderrStream(line: StderrLine): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done): void {
      line.write(chunk.toString())
      done()
    },
  })
}

function failed(
  app: App,
  proc: AppProcess,
  parts: {
    readonly error: unknown
    readonly lifecycle: Lifecycle
    readonly sentence: (text: string, cause?: unknown) => void
  },
): number {
  const { error, lifecycle } = parts
  if (lifecycle.stdoutClosed && isClosedStream(error)) return exitCodes.done
  const isInterrupted =
    lifecycle.signal !== undefined && error instanceof Error && error.name === 'AbortError'
  const text = isInterrupted ? `stopped by ${lifecycle.signal} before the work was done` : sentenceOf(error)
  const own = app.onFailure?.({ error, sentence: redact(text), argv: proc.argv.slice(2) })
  if (own === undefined) {
    parts.sentence(text, error)
    return exitCodeOf(error)
  }
  if (own.stdout !== undefined) proc.stdout.write(redact(own.stdout))
  if (own.stderr !== undefined) proc.stderr.write(redact(own.stderr))
  return own.exitCode
}

const closedStreamCodes: ReadonlySet<unknown> = new Set([
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_STREAM_PREMATURE_CLOSE',
])

function isClosedStream(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error.name === 'AbortError' ||
    ('code' in error && closedStreamCodes.has(error.code)) ||
    isClosedStream(error.cause)
  )
}

function stackOf(error: Error): string {
  const stack = error.stack ?? error.message
  return error.cause instanceof Error ? `${stack}\ncaused by ${stackOf(error.cause)}` : stack
}
