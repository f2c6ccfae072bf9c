// The handle of a server that runs under a watchdog: start, ready, stop; suspend, kill and restart for fault tests.
// It owns the server's folder. Rule: whatever happens to this process, the server does not outlive it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Environment, environment, nodeProgram } from './environment.ts'
import { removeAllBut } from './server-folder.ts'
import { AddressInUse, StartFailure } from './start-errors.ts'

export type StopOptions = {
  /** Keep the log file and only remove the data: after a failed test run. */
  readonly keepLog?: boolean
}

/** A server of the local stack. `stop()` removes its folder; every method may be called in any state. */
export type Server = AsyncDisposable & {
  readonly name: string
  /** Path of the log file. */
  readonly log: string
  readonly folder: string
  /** Process id of the server, undefined when it does not run. */
  readonly pid: number | undefined
  /** Ends the server in good order (SIGTERM, SIGKILL after ten seconds) and removes its folder. */
  stop(options?: StopOptions): Promise<void>
  /** SIGKILL: as a crash. Folder and ports stay for `restart()`. */
  kill(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  suspend(): Promise<void>
  resume(): Promise<void>
  /** Starts it again on the same data and ports; ends it in good order first when it runs. */
  restart(): Promise<void>
}

export type ServerSpec = {
  readonly name: string
  /** Its own folder; made if absent, removed by `stop()`. */
  readonly folder: string
  /** What the watchdog removes when the owner is gone; default `folder`. */
  readonly removeWhenOrphan?: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Environment
  /** Asked until it says yes; `log` is what this start has written so far. */
  readonly isReady: (log: string) => boolean | Promise<boolean>
  readonly readyWithinMs?: number
}

type Exit = { readonly code: number | null; readonly signal: string | null; readonly error?: string }
type Running = {
  readonly watchdog: ChildProcess
  readonly pid: number
  readonly exited: Promise<Exit>
  /** Those who wait for a signal to be sent, in order. */
  readonly signalsUnderWay: (() => void)[]
}

const watchdogFile = fileURLToPath(new URL('watchdog.ts', import.meta.url))
const pollMs = 25
const stopWithinMs = 10_000

/**
 * Starts a server and waits until it is ready.
 * @throws AddressInUse when its log says that a port was taken; Error with the log's path and its last lines otherwise.
 */
export async function startServer(spec: ServerSpec): Promise<Server> {
  const server = new SupervisedServer(spec)
  try {
    await server.start()
  } catch (error) {
    await server.stop({ keepLog: error instanceof StartFailure })
    throw error
  }
  return server
}

class SupervisedServer implements Server {
  readonly name: string
  readonly folder: string
  readonly log: string
  readonly #spec: ServerSpec
  #running: Running | undefined

  constructor(spec: ServerSpec) {
    this.#spec = spec
    this.name = spec.name
    this.folder = spec.folder
    this.log = join(spec.folder, `${spec.name}.log`)
  }

  get pid(): number | undefined {
    return this.#running?.pid
  }

  async start(): Promise<void> {
    await mkdir(this.folder, { recursive: true })
    const logStart = await stat(this.log).then(
      (file) => file.size,
      () => 0,
    )
    const running = await this.#spawn()
    this.#running = running
    let exit: Exit | undefined
    const watchExit = async (): Promise<void> => {
      exit = await running.exited
      if (this.#running === running) this.#running = undefined
    }
    void watchExit()
    const deadline = performance.now() + (this.#spec.readyWithinMs ?? 60_000)
    for (;;) {
      // One after the other: each round looks at the newest state.
      // oxlint-disable no-await-in-loop
      const written = (await readFile(this.log)).subarray(logStart).toString()
      if (exit !== undefined)
        throw this.#startFailure(`ended before it was ready (${exitText(exit)})`, written)
      // A question that is never answered must not hide that the server has ended.
      const isReady = await Promise.race([this.#spec.isReady(written), running.exited.then(() => false)])
      if (isReady) return
      if (performance.now() > deadline) throw this.#startFailure('did not become ready in time', written)
      await sleep(pollMs)
      // oxlint-enable no-await-in-loop
    }
  }

  async #spawn(): Promise<Running> {
    const orphanFolder = this.#spec.removeWhenOrphan ?? this.folder
    const log = openSync(this.log, 'a')
    const watchdog = spawn(
      nodeProgram,
      ['--no-warnings', watchdogFile, orphanFolder, this.#spec.command, ...this.#spec.args],
      {
        cwd: this.folder,
        env: { ...environment, ...this.#spec.env },
        stdio: ['pipe', log, log, 'pipe'],
        detached: true,
      },
    )
    closeSync(log)
    // Writing to a watchdog that has just ended is no failure: its end is reported below.
    watchdog.stdin?.on('error', () => {})
    const reports = watchdog.stdio[3]
    if (!(reports instanceof Readable)) throw new Error(`${this.name}: the watchdog's reports cannot be read`)
    const lines = createInterface({ input: reports })
    const signalsUnderWay: (() => void)[] = []
    const started = Promise.withResolvers<number>()
    const ended = Promise.withResolvers<Exit>()
    lines.on('line', (line) => {
      const message: { pid?: number; sent?: string } & Partial<Exit> = JSON.parse(line)
      if (message.pid !== undefined) started.resolve(message.pid)
      else if (message.sent !== undefined) signalsUnderWay.shift()?.()
      else
        ended.resolve({
          code: message.code ?? null,
          signal: message.signal ?? null,
          ...(message.error === undefined ? {} : { error: message.error }),
        })
    })
    watchdog.on('error', (error) => ended.resolve({ code: null, signal: null, error: error.message }))
    // Not 'exit': its last report may still be under way then.
    watchdog.on('close', () => ended.resolve({ code: null, signal: null, error: 'its watchdog was killed' }))
    const first = await Promise.race([started.promise, ended.promise])
    if (typeof first !== 'number') throw new Error(`${this.name} could not be started: ${exitText(first)}`)
    return { watchdog, pid: first, exited: ended.promise, signalsUnderWay }
  }

  #startFailure(problem: string, log: string): Error {
    if (/address already in use|Address in use|BindException/i.test(log)) {
      return new AddressInUse(`${this.name}: a port was taken by another process`)
    }
    const tail = log.trimEnd().split('\n').slice(-15).join('\n')
    return new StartFailure(
      `${this.name} ${problem}. Its log is kept at ${this.log}; the last lines:\n${tail}`,
      this.log,
    )
  }

  async #signal(name: NodeJS.Signals): Promise<void> {
    const running = this.#running
    const input = running?.watchdog.stdin
    if (running === undefined || input?.writable !== true) return
    const sent = Promise.withResolvers<void>()
    running.signalsUnderWay.push(sent.resolve)
    input.write(`${name}\n`)
    await Promise.race([sent.promise, running.exited])
  }

  async #end(first: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#running
    if (running === undefined) return
    if (first === 'SIGTERM') {
      // A suspended server would never see SIGTERM.
      await this.#signal('SIGCONT')
      await this.#signal('SIGTERM')
      const patience = new AbortController()
      const inTime = await Promise.race([
        running.exited.then(() => true),
        sleep(stopWithinMs, false, { signal: patience.signal }).catch(() => false),
      ])
      patience.abort()
      if (!inTime) await this.#signal('SIGKILL')
    } else {
      await this.#signal('SIGKILL')
    }
    await running.exited
    if (running.watchdog.exitCode === null && running.watchdog.signalCode === null)
      await once(running.watchdog, 'exit')
    this.#running = undefined
  }

  async stop(options: StopOptions = {}): Promise<void> {
    await this.#end('SIGTERM')
    if (options.keepLog === true) await removeAllBut(this.folder, [this.log])
    else await rm(this.folder, { recursive: true, force: true })
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async suspend(): Promise<void> {
    await this.#signal('SIGSTOP')
  }

  async resume(): Promise<void> {
    await this.#signal('SIGCONT')
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM')
    await this.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

function exitText(exit: Exit): string {
  return exit.error ?? (exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`)
}
