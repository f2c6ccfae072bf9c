/**
 * Owns the end of the process. Rules: the first SIGINT or SIGTERM aborts `drain`; the second exits 130/143 at once;
 * when the grace time after the first one is over, the process exits 1. Releasers run in reverse order, each bounded
 * in time. Whatever nobody caught ends the process. Only `runApp` makes one.
 */
import { type AppProcess } from './app-process.ts'
import { exitCodeOf, exitCodes, sentenceOf } from './failure.ts'
import { formatDuration } from './duration.ts'

const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const
type Signal = keyof typeof signalExitCodes

export type LifecycleTimes = {
  readonly graceMs: number
  /** How long one releaser may take. */
  readonly releaseMs: number
  /** How long after the end something may still be open before it is reported and cut off. */
  readonly lingerMs: number
}

export const lifecycleTimes: LifecycleTimes = { graceMs: 30_000, releaseMs: 5000, lingerMs: 2000 }

export type LifecycleReport = {
  /** A sentence for the user, on stderr. */
  sentence(text: string, cause?: unknown): void
  /** Something to know, through the log. */
  note(text: string): void
}

export class Lifecycle implements Disposable {
  times: LifecycleTimes
  report: LifecycleReport
  readonly #proc: AppProcess
  readonly #drain = new AbortController()
  readonly #releasers: { readonly name: string; readonly release: () => PromiseLike<unknown> }[] = []
  readonly #listeners: (() => void)[] = []
  #deadline: NodeJS.Timeout | undefined
  #ending = false
  #stdoutClosed = false
  #signal: Signal | undefined

  constructor(proc: AppProcess, report: LifecycleReport, times: LifecycleTimes = lifecycleTimes) {
    this.#proc = proc
    this.report = report
    this.times = times
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      this.#listen(proc, signal, () => this.#onSignal(signal))
    this.#listen(proc, 'uncaughtException', (error) => this.#onStray(error))
    this.#listen(proc, 'unhandledRejection', (error) => this.#onStray(error))
    this.#listen(proc.stdout, 'error', (error) => this.#onStdoutError(error))
    // With stderr gone nobody can be told; the run goes on.
    this.#listen(proc.stderr, 'error', () => {})
  }

  get drain(): AbortSignal {
    return this.#drain.signal
  }

  /** The signal that started the drain, if one did. */
  get signal(): Signal | undefined {
    return this.#signal
  }

  /** Whether the reader of stdout went away: it has what it wanted, so the run ends quietly. */
  get stdoutClosed(): boolean {
    return this.#stdoutClosed
  }

  onRelease(name: string, release: () => PromiseLike<unknown>): void {
    this.#releasers.push({ name, release })
  }

  /** Runs the releasers, last registered first. A late or failing one is noted and does not stop the others. */
  async release(): Promise<void> {
    for (let next = this.#releasers.pop(); next !== undefined; next = this.#releasers.pop()) {
      const { name, release } = next
      const { promise: late, resolve } = Promise.withResolvers<'late'>()
      const timer = setTimeout(resolve, this.times.releaseMs, 'late')
      try {
        if ((await Promise.race([release(), late])) === 'late') {
          this.report.note(
            `${name} did not close within ${formatDuration(this.times.releaseMs)}; going on without it`,
          )
        }
      } catch (error) {
        this.report.note(`${name} did not close cleanly: ${sentenceOf(error)}`)
      } finally {
        clearTimeout(timer)
      }
    }
  }

  /** The run is over: set the exit code, let the process end by itself, and cut it off when something keeps it open. */
  end(code: number): void {
    this.#ending = true
    clearTimeout(this.#deadline)
    this.#proc.exitCode = code
    const alarm = setTimeout(() => {
      const open = [...new Set(this.#proc.getActiveResourcesInfo())].toSorted().join(', ')
      this.report.note(
        `the process did not exit naturally: still open ${formatDuration(this.times.lingerMs)} after the end: ${open}`,
      )
      this.#proc.exit(code)
    }, this.times.lingerMs)
    alarm.unref()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#deadline)
    for (const remove of this.#listeners.splice(0)) remove()
  }

  #listen(target: Pick<AppProcess, 'on' | 'off'>, event: string, listener: (value: unknown) => void): void {
    target.on(event, listener)
    this.#listeners.push(() => target.off(event, listener))
  }

  #onSignal(signal: Signal): void {
    if (this.#signal !== undefined) {
      this.report.sentence(`a second ${signal}: stopped at once`)
      this.#proc.exit(signalExitCodes[signal])
      return
    }
    this.#signal = signal
    this.report.note(
      `${signal}: finishing what was started, at most ${formatDuration(this.times.graceMs)}; a second signal stops at once`,
    )
    this.#startDrain(() => {
      this.report.sentence(
        `the work in progress was not finished within ${formatDuration(this.times.graceMs)} after ${signal}; a longer --grace gives it more time`,
      )
      return exitCodes.failed
    })
  }

  #onStdoutError(error: unknown): void {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) {
      this.#onStray(error)
      return
    }
    this.#stdoutClosed = true
    this.#startDrain(() => exitCodes.done)
  }

  #startDrain(overdue: () => number): void {
    if (this.#drain.signal.aborted) return
    this.#drain.abort()
    if (this.#ending) return
    this.#deadline = setTimeout(() => this.#force(overdue()), this.times.graceMs)
  }

  #onStray(error: unknown): void {
    const code = exitCodeOf(error)
    this.report.sentence(`stopped by an error that nothing handled: ${sentenceOf(error)}`, error)
    this.#force(code)
  }

  /** Ends the process although the command still runs. */
  #force(code: number): void {
    if (this.#ending) return
    this.#ending = true
    clearTimeout(this.#deadline)
    this.#drain.abort()
    const stop = (): unknown => this.#proc.exit(code)
    const limit = setTimeout(stop, this.times.releaseMs)
    void this.release().finally(() => {
      clearTimeout(limit)
      stop()
    })
  }
}
