/**
 * Owns the end of the process. Rules: the first SIGINT or SIGTERM aborts `drain`; the second exits 130/143 at once;
 * when the grace time after the first one is over, the process exits 1. Releasers run in reverse order, each bounded
 * in time. Whatever nobody caught ends the process. Only `runApp` makes one; its listeners stay until the process is
 * gone, because a pipe may break after the last line was written.
 */
import { type AppProcess } from './app-process.ts'
import { exitCodeOf, exitCodes, sentenceOf } from './failure.ts'
import { formatDuration } from './duration.ts'

const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const
export type Signal = keyof typeof signalExitCodes

export type LifecycleTimes = {
  /** From the first signal to the forced end. */
  readonly graceMs: number
  /** How long one releaser may take; at a forced end, how long all of them together. */
  readonly releaseMs: number
  /** How long after the end something may still be open before it is reported and cut off. */
  readonly lingerMs: number
}

export const lifecycleTimes: LifecycleTimes = { graceMs: 30_000, releaseMs: 5000, lingerMs: 2000 }

export type LifecycleReport = {
  /** A sentence for the user, on stderr. The cause is for its stack. */
  sentence(text: string, cause?: unknown): void
  /** Something to know, through the log. */
  note(level: 'info' | 'warn', text: string): void
}

export class Lifecycle {
  times: LifecycleTimes
  readonly #proc: AppProcess
  readonly #report: LifecycleReport
  readonly #drain = new AbortController()
  readonly #releasers: { readonly name: string; readonly release: () => PromiseLike<unknown> }[] = []
  #deadline: NodeJS.Timeout | undefined
  #state: 'running' | 'forced' | 'ended' = 'running'
  #stdoutClosed = false
  #signal: Signal | undefined

  constructor(proc: AppProcess, report: LifecycleReport, times: LifecycleTimes = lifecycleTimes) {
    this.#proc = proc
    this.#report = report
    this.times = times
    proc.on('SIGINT', () => this.#onSignal('SIGINT'))
    proc.on('SIGTERM', () => this.#onSignal('SIGTERM'))
    proc.on('uncaughtException', (error) => this.#onStray(error))
    proc.on('unhandledRejection', (error) => this.#onStray(error))
    proc.stdout.on('error', (error) => this.#onStdoutError(error))
    // With stderr gone nobody can be told; the run goes on.
    proc.stderr.on('error', () => {})
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
          const limit = formatDuration(this.times.releaseMs)
          this.#report.note('warn', `${name} did not close within ${limit}; going on without it`)
        }
      } catch (error) {
        this.#report.note('warn', `${name} did not close cleanly: ${sentenceOf(error)}`)
      } finally {
        clearTimeout(timer)
      }
    }
  }

  /**
   * The run is over: sets the exit code and lets the process end by itself, so that everything written gets out. What
   * keeps it open is reported and cut off.
   */
  end(code: number): void {
    if (this.#state === 'forced') return
    this.#state = 'ended'
    clearTimeout(this.#deadline)
    this.#proc.exitCode = code
    const alarm = setTimeout(() => {
      const open = [...new Set(this.#proc.getActiveResourcesInfo())].toSorted().join(', ')
      const since = formatDuration(this.times.lingerMs)
      this.#report.note('warn', `did not exit naturally: still open ${since} after the end: ${open}`)
      this.#proc.exit(code)
    }, this.times.lingerMs)
    alarm.unref()
  }

  #onSignal(signal: Signal): void {
    if (this.#signal !== undefined) {
      this.#report.sentence(`a second signal (${signal}): stopped at once`)
      this.#proc.exit(signalExitCodes[signal])
      return
    }
    this.#signal = signal
    const grace = formatDuration(this.times.graceMs)
    this.#report.note(
      'info',
      `${signal}: finishing what was started, for ${grace} at most; a second signal stops at once`,
    )
    this.#startDrain(() => {
      this.#report.sentence(
        `not finished within ${grace} after ${signal}, so it was cut off; --grace gives it more time`,
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
    this.#drain.abort()
    if (this.#state !== 'running') return
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => this.#force(overdue()), this.times.graceMs)
  }

  #onStray(error: unknown): void {
    // While a forced end is under way more of the same is to be expected; the first error said what happened.
    if (this.#state === 'forced') return
    this.#report.sentence(`stopped by an error that nothing handled: ${sentenceOf(error)}`, error)
    this.#force(exitCodeOf(error))
  }

  /** Ends the process although the command still runs. */
  #force(code: number): void {
    const wasRunning = this.#state === 'running'
    this.#state = 'forced'
    clearTimeout(this.#deadline)
    this.#drain.abort()
    const stop = (): unknown => this.#proc.exit(code)
    if (!wasRunning) {
      stop()
      return
    }
    const limit = setTimeout(stop, this.times.releaseMs)
    void this.release().finally(() => {
      clearTimeout(limit)
      stop()
    })
  }
}
