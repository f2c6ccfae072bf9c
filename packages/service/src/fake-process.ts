/** A process for tests: what the app writes is collected, and the test sends the signals. */
import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { type AppProcess } from './app-process.ts'
import { type App } from './command.ts'
import { runApp } from './run-app.ts'

export type FakeProcess = AppProcess &
  EventEmitter & {
    /** Everything written so far. */
    readonly output: { readonly stdout: string; readonly stderr: string }
    /** Resolves with the code when `exit` is called: the app ended at once instead of returning. */
    readonly exited: Promise<number>
    readonly stdin: PassThrough
  }

/** A process that was started with these arguments (without program and script) and variables, and no terminal. */
export function fakeProcess(
  options: {
    readonly argv?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly isTerminal?: boolean
  } = {},
): FakeProcess {
  const exited = Promise.withResolvers<number>()
  const stdout = new Collector(options.isTerminal === true)
  const stderr = new Collector(options.isTerminal === true)
  const output = {
    get stdout(): string {
      return stdout.text
    },
    get stderr(): string {
      return stderr.text
    },
  }
  return Object.assign(new EventEmitter(), {
    argv: ['node', 'app', ...(options.argv ?? [])],
    env: options.env ?? {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    exitCode: undefined,
    output,
    exited: exited.promise,
    exit: (code: number): void => exited.resolve(code),
    getActiveResourcesInfo: () => [],
  })
}

/** Runs an app as `app ARGS` would; resolves when it returned or called `exit`. */
export async function runFake(
  app: App,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const proc = fakeProcess({ argv, env })
  const code = await Promise.race([runApp(app, proc), proc.exited])
  return { code, stdout: proc.output.stdout, stderr: proc.output.stderr }
}

class Collector extends Writable {
  readonly isTTY: boolean
  readonly columns = 100
  text = ''

  constructor(isTTY: boolean) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.text += chunk.toString()
    done()
  }
}
