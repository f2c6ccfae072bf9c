/** What an app declares (commands with settings and a `run`) and what a running command gets. */
import { type Readable, type Writable } from 'node:stream'
import { type Health } from './health.ts'
import { type Logger } from './logger.ts'
import { type Metrics } from './metrics.ts'
import { type Consistent } from './setting.ts'
import {
  type Environment,
  type Exclusive,
  type Rule,
  type SettingsOf,
  type SettingsSpec,
} from './settings.ts'

export { runApp } from './run-app.ts'

export type CommandContext = {
  readonly log: Logger
  readonly stdin: Readable
  readonly stdout: Writable
  /** Everything written here is redacted. Logs and progress go here too, without tearing. */
  readonly stderr: Writable
  readonly env: Environment
  /** Aborted at the first SIGINT or SIGTERM: take no new work, finish what was taken, return. */
  readonly drain: AbortSignal
  /** Releasers run in reverse order when the command ends or is forced to, each with a time limit. */
  readonly onRelease: (name: string, release: () => PromiseLike<unknown>) => void
  readonly metrics: Metrics
  readonly health: Health
  /** Whether stderr is a terminal. */
  readonly isTerminal: boolean
  /** Whether somebody can be asked a question: stdin and stderr are a terminal. */
  readonly isInteractive: boolean
  readonly progress: (render: () => string) => Disposable
  /** Registers a secret that is not a declared setting, so that it is never printed. */
  readonly addSecret: (secret: string) => void
}

export type Command<S extends SettingsSpec> = {
  readonly name: string
  readonly summary: string
  /** The usage line of `--help`, when the generated one is not good enough. */
  readonly usage?: string
  /** What the arguments without a flag are, such as `TOPIC…`. Without it such arguments are an error. */
  readonly positionals?: string
  readonly settings: S
  readonly exclusive?: readonly Exclusive<keyof S & string>[]
  /** Rules across settings; each returns a sentence for each problem. */
  readonly rules?: readonly Rule<S>[]
  readonly examples?: readonly string[]
  /** Does the work. A number is the exit code; nothing is 0. Known failures are thrown as `Failure`. */
  run(
    settings: SettingsOf<S>,
    context: CommandContext,
    positionals: readonly string[],
  ): Promise<number | void>
}

/** A command of any settings, as an app lists them. */
export type AnyCommand = Command<SettingsSpec>

export type App = {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly commands: readonly AnyCommand[]
  /** The command that runs when none is named. */
  readonly defaultCommand?: string
  /** `PINPIPE_*` variables that belong to other programs of the same deployment, so that they are no error here. */
  readonly otherVariables?: readonly string[]
  /** Turns another program's command line into this one's, before anything else is read. */
  rewriteArgv?(argv: readonly string[]): readonly string[]
  /** Replaces the sentence on stderr and the exit code, for an app that imitates another program. */
  onFailure?(failure: {
    readonly error: unknown
    readonly sentence: string
    readonly argv: readonly string[]
  }): { readonly exitCode: number; readonly stdout?: string; readonly stderr?: string } | undefined
}

/** Declares a command; checks that defaults have the type of their setting and infers the settings `run` gets. */
export function command<const S extends SettingsSpec>(
  declared: Command<S> & { readonly settings: Consistent<S> },
): Command<S> {
  return declared
}
