/**
 * What an app knows about itself: is it alive, is it ready, what is it doing. The health server only reads this.
 * Alive: no part reported a failure and every heartbeat is recent. Ready: alive, not draining, and every part that was
 * announced has said that it is ready.
 */
export type HealthReport = { readonly ok: boolean; readonly reasons: readonly string[] }

export class Health {
  readonly #notReady = new Map<string, string>()
  readonly #failed = new Map<string, string>()
  readonly #beats = new Map<string, { readonly withinMs: number; lastMs: number }>()
  readonly #status = new Map<string, () => unknown>()
  readonly #nowMs: () => number

  constructor(options: { readonly nowMs?: () => number } = {}) {
    this.#nowMs = options.nowMs ?? (() => performance.now())
  }

  /** A part says that it is not ready (yet), and why: `health.notReady('kafka', 'joining the group')`. */
  notReady(part: string, reason: string): void {
    this.#notReady.set(part, reason)
  }

  ready(part: string): void {
    this.#notReady.delete(part)
  }

  /** A part is broken for good: `/livez` answers 503, so that the supervisor restarts the process. */
  fail(part: string, reason: string): void {
    this.#failed.set(part, reason)
  }

  /** A loop that must come round: call the returned function at least every `withinMs`, or `/livez` answers 503. */
  heartbeat(part: string, options: { readonly withinMs: number }): () => void {
    const beat = { withinMs: options.withinMs, lastMs: this.#nowMs() }
    this.#beats.set(part, beat)
    return () => {
      beat.lastMs = this.#nowMs()
    }
  }

  /** Adds a part to `/status`: a JSON value of what the app is doing now. Never a secret, never a row's value. */
  status(part: string, read: () => unknown): void {
    this.#status.set(part, read)
  }

  liveness(): HealthReport {
    const late = [...this.#beats]
      .filter(([, beat]) => this.#nowMs() - beat.lastMs > beat.withinMs)
      .map(([part]) => `${part}: no sign of life for too long`)
    return report([...[...this.#failed].map(([part, reason]) => `${part}: ${reason}`), ...late])
  }

  readiness(): HealthReport {
    const waiting = [...this.#notReady].map(([part, reason]) => `${part}: ${reason}`)
    return report([...this.liveness().reasons, ...waiting])
  }

  readStatus(): Record<string, unknown> {
    return Object.fromEntries([...this.#status].map(([part, read]) => [part, read()]))
  }
}

function report(reasons: readonly string[]): HealthReport {
  return { ok: reasons.length === 0, reasons }
}
