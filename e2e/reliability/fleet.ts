/**
 * Consumers as processes: started, killed, stopped, continued and ended while a scenario runs.
 *
 * Owns every process it started: none outlives it. Each fault is counted when it is seen to have happened (the process
 * ended by that signal, the system shows it as stopped), not when it was ordered. An end that nobody ordered is kept in
 * `unexpected`, and a scenario expects that to be empty.
 */
// oxlint-disable no-restricted-globals -- it starts processes with the settings of this one
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

export type FleetOptions = {
  /** Begins the names of its members: `consumer`. */
  readonly name?: string
  /** The consumer's bundle: of the release, or an instrumented one. */
  readonly bundle: string
  /** A log file of each process goes there. */
  readonly folder: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** More arguments, asked for at each start. */
  readonly moreArgs?: () => readonly string[]
  /** A member that was killed comes back after a pause that doubles from 100 ms to 2 s. Default true. */
  readonly comesBack?: boolean
  /** Of a member that ends by itself and does not come back. Default 0. */
  readonly exitCode?: number
}

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** What one member has beside what all have. */
export type Launch = Partial<Pick<FleetOptions, 'args' | 'env' | 'comesBack' | 'exitCode'>>

const firstPauseMs = 100
const longestPauseMs = 2_000
/** A process that lived this long was healthy: the pauses begin anew. */
const healthyAfterMs = 3_000
/** A drain takes less; a process that does not end by SIGTERM is a finding. */
const graceMs = 45_000

export class Fleet implements AsyncDisposable {
  readonly #options: FleetOptions
  readonly #members: Member[] = []
  readonly #counts = new Map<string, number>()
  readonly unexpected: string[] = []

  constructor(options: FleetOptions) {
    this.#options = options
  }

  /** What happened so far, by kind: `{ 'kill -9': 200, SIGSTOP: 100 }`. */
  get faults(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Those that run or will be back. */
  get members(): readonly Member[] {
    return this.#members.filter((member) => !member.hasLeft)
  }

  /** What all members have printed so far. */
  get output(): string {
    return this.#members.map((member) => member.output).join('')
  }

  /** How often something is in that. */
  count(pattern: RegExp): number {
    return [...this.output.matchAll(pattern)].length
  }

  /** Starts one more member; arguments and variables are added to those of the fleet. */
  join(launch: Launch = {}): Member {
    const { args, env, comesBack = true, exitCode = 0, ...options } = this.#options
    const member = new Member(
      `${this.#options.name ?? 'consumer'}-${this.#members.length + 1}`,
      {
        ...options,
        args: [...args, ...(launch.args ?? [])],
        env: { ...env, ...launch.env },
        comesBack: launch.comesBack ?? comesBack,
        exitCode: launch.exitCode ?? exitCode,
      },
      {
        count: (fault) => this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1),
        unexpected: (what) => this.unexpected.push(what),
      },
    )
    this.#members.push(member)
    return member
  }

  /** Every member ends by SIGTERM. */
  async leave(): Promise<void> {
    await Promise.all(this.members.map((member) => member.leave()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map((member) => member[Symbol.asyncDispose]()))
  }
}

/** Also when the test that started them was given up: they end with this process, or when its parent is gone. */
const running = new Set<ChildProcess>()
for (const end of ['exit', 'disconnect'] as const)
  process.on(end, () => running.forEach((child) => child.kill('SIGKILL')))

type Reports = {
  readonly count: (fault: string) => void
  readonly unexpected: (what: string) => void
}

/** One place in the fleet: a process, and after its death the next one. */
export class Member implements AsyncDisposable {
  readonly name: string
  readonly log: string
  readonly #options: FleetOptions
  readonly #reports: Reports
  #process: ChildProcess | undefined
  #exited: Promise<Exit> = Promise.resolve({ code: 0, signal: null })
  #comesBack: boolean
  #isOver = false
  #pauseMs = firstPauseMs
  #starts = 0
  #isFrozen = false
  /** The end that was ordered. */
  #ordered: NodeJS.Signals | undefined

  constructor(name: string, options: FleetOptions, reports: Reports) {
    this.name = name
    this.log = join(options.folder, `${name}.log`)
    this.#options = options
    this.#comesBack = options.comesBack ?? true
    this.#reports = reports
    this.#start()
  }

  /** Undefined between two lives. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  get hasLeft(): boolean {
    return this.#isOver
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts
  }

  /** Resolves when the process of now has ended. */
  get exited(): Promise<Exit> {
    return this.#exited
  }

  /** What its processes printed so far. */
  get output(): string {
    return readFileSync(this.log, 'utf8')
  }

  /** SIGKILL, also to a stopped process; `forGood`: it does not come back. False: it did not run. */
  async kill(options: { readonly forGood?: boolean } = {}): Promise<boolean> {
    if (options.forGood === true) this.#comesBack = false
    return (await this.#end('SIGKILL', 'kill -9')) !== undefined
  }

  /** Whether the system shows it as stopped, by us or by itself (a failpoint): each time counts once. */
  async isFrozen(): Promise<boolean> {
    const child = this.#process
    const isFrozen = child?.pid !== undefined && (await isStopped(child.pid)) && child === this.#process
    if (isFrozen && !this.#isFrozen) this.#reports.count('SIGSTOP')
    if (!isFrozen && this.#isFrozen) this.#reports.count('SIGCONT')
    this.#isFrozen = isFrozen
    return isFrozen
  }

  /** SIGSTOP: the process is frozen and keeps its connections. False: it does not run. */
  async freeze(): Promise<boolean> {
    return await this.#signalUntil('SIGSTOP', true)
  }

  /** SIGCONT, until it is seen to run: it may have stopped itself again at once. False: it does not run. */
  async thaw(): Promise<boolean> {
    return await this.#signalUntil('SIGCONT', false)
  }

  /** SIGTERM, and waits for the end; a process that does not drain in time is killed, which is a finding. */
  async leave(): Promise<void> {
    this.#comesBack = false
    const overdue = new AbortController()
    const timer = setTimeout(() => overdue.abort(), graceMs)
    overdue.signal.addEventListener('abort', () => {
      this.#reports.unexpected(`${this.name} did not end within ${graceMs} ms of SIGTERM:\n${this.#tail()}`)
      this.#process?.kill('SIGKILL')
    })
    const exit = await this.#end('SIGTERM', 'SIGTERM')
    clearTimeout(timer)
    if (exit !== undefined && exit.code !== 0 && !overdue.signal.aborted && exit.signal !== 'SIGTERM') {
      this.#reports.unexpected(`${this.name} ended with ${exitText(exit)} after SIGTERM:\n${this.#tail()}`)
    }
    this.#isOver = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#comesBack = false
    this.#isOver = true
    this.#ordered ??= 'SIGKILL'
    this.#process?.kill('SIGKILL')
    await this.#exited
  }

  #start(): void {
    const { bundle, args, env, moreArgs } = this.#options
    const { PATH, HOME } = process.env
    const log = openSync(this.log, 'a')
    const child = spawn(process.execPath, [bundle, ...args, ...(moreArgs?.() ?? [])], {
      env: { PATH, HOME, ...env },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#starts++
    this.#process = child
    running.add(child)
    this.#ordered = undefined
    const startedAt = performance.now()
    this.#exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => {
        running.delete(child)
        this.#process = undefined
        this.#isFrozen = false
        this.#ended({ code, signal }, performance.now() - startedAt)
        resolve({ code, signal })
      })
    })
  }

  #ended(exit: Exit, livedMs: number): void {
    const isDone = !this.#comesBack && exit.code === this.#options.exitCode
    const isPlanned = exit.signal === 'SIGKILL' && this.#options.env['FAILPOINT'] !== undefined
    if (this.#ordered === undefined && isPlanned) this.#reports.count('kill -9')
    else if (this.#ordered === undefined && !isDone) {
      this.#reports.unexpected(`${this.name} ended by itself, with ${exitText(exit)}:\n${this.#tail()}`)
    }
    if (!this.#comesBack) {
      this.#isOver = true
      return
    }
    const pauseMs = this.#pauseMs
    this.#pauseMs = livedMs > healthyAfterMs ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs)
    setTimeout(() => {
      if (this.#comesBack) this.#start()
    }, pauseMs)
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM', fault: string): Promise<Exit | undefined> {
    const child = this.#process
    if (child === undefined) return undefined
    this.#ordered = signal
    child.kill(signal)
    const exit = await this.#exited
    if (signal === 'SIGTERM' || exit.signal === signal) this.#reports.count(fault)
    return exit
  }

  async #signalUntil(signal: 'SIGSTOP' | 'SIGCONT', isFrozen: boolean): Promise<boolean> {
    const child = this.#process
    if (child === undefined) return false
    while (this.#process === child) {
      child.kill(signal)
      // oxlint-disable no-await-in-loop
      if ((await this.isFrozen()) === isFrozen) return true
      await sleep(5)
      // oxlint-enable no-await-in-loop
    }
    return false
  }

  #tail(): string {
    return this.output.trimEnd().split('\n').slice(-6).join('\n')
  }
}

const run = promisify(execFile)

/** Whether the system shows the process as stopped; false when there is none. */
async function isStopped(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'state=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout.startsWith('T')
}

function exitText({ code, signal }: Exit): string {
  return signal ?? `exit code ${code}`
}
