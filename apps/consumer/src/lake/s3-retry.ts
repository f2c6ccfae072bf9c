/**
 * When a request to S3 is sent again: the SDK's place for it, and the only layer of retries. Its own strategy gives up after
 * a few seconds, and shares a quota between requests that an outage uses up; here an outage is waited for.
 *
 * A store that has answered once is there, and will be again: it is worth minutes. One that never did is more likely a
 * wrong address, which somebody at a terminal wants to hear about soon.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  isBareRefusal,
  isCredentialsGap,
  isDamaged,
  isExpiredToken,
  isForGood,
  reasonOf,
} from './s3-errors.ts'

/** Told while requests wait: events and metrics. */
export type StoreObserver = {
  /** A request is to be repeated. `waitedMs`: since it failed for the first time. */
  storeWaiting(reason: string, waitedMs: number): void
  /** The store answers again. */
  storeAnswered(): void
}

export type S3RetryOptions = {
  readonly retryForMs: number
  readonly observer?: StoreObserver | undefined
  readonly random?: () => number
  readonly nowMs?: () => number
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/** What the SDK asks with: `@smithy/types` calls it RetryErrorInfo. */
type Failed = {
  readonly errorType: string
  readonly error?: unknown
  readonly retryAfterHint?: Date
}

/** Of one request, from its first failure on. */
class RetryToken {
  readonly retries: number
  readonly failedAtMs: number | undefined

  constructor(retries = 0, failedAtMs?: number) {
    this.retries = retries
    this.failedAtMs = failedAtMs
  }

  getRetryCount(): number {
    return this.retries
  }

  /** The wait is over when the token is there. */
  getRetryDelay(): number {
    return 0
  }
}

/** For a store that has not answered yet. */
const firstAnswerMs = 6_000
const [firstPauseMs, firstThrottledPauseMs, longestPauseMs] = [100, 1_000, 20_000]

export class S3Retry {
  /** As the SDK calls it in the request's user agent. */
  readonly mode = 'standard'
  readonly #options: Required<Omit<S3RetryOptions, 'observer'>> & Pick<S3RetryOptions, 'observer'>
  readonly #stopped = new AbortController()
  #hasAnswered = false
  #isOut = false

  constructor(options: S3RetryOptions) {
    this.#options = {
      random: Math.random,
      nowMs: () => performance.now(),
      pause: (ms, signal) => sleep(ms, undefined, { signal }),
      ...options,
    }
  }

  acquireInitialRetryToken(): Promise<RetryToken> {
    return Promise.resolve(new RetryToken())
  }

  /** Resolves after the pause, when the request is to be sent again. Rejects: its error is final. */
  async refreshRetryTokenForRetry(token: RetryToken, failed: Failed): Promise<RetryToken> {
    const { retryForMs, nowMs, pause, observer } = this.#options
    if (!this.#canRetry(failed)) throw new Error('sending it again would not help')
    const failedAtMs = token.failedAtMs ?? nowMs()
    const waitedMs = nowMs() - failedAtMs
    const pauseMs = this.#pauseOf(token, failed)
    if (waitedMs + pauseMs > (this.#hasAnswered ? retryForMs : Math.min(firstAnswerMs, retryForMs)))
      throw new Error(`it was repeated for ${waitedMs} ms`)
    this.#isOut = true
    observer?.storeWaiting(reasonOf(failed.error), waitedMs)
    await pause(pauseMs, this.#stopped.signal)
    return new RetryToken(token.retries + 1, failedAtMs)
  }

  recordSuccess(): void {
    this.#hasAnswered = true
    if (!this.#isOut) return
    this.#isOut = false
    this.#options.observer?.storeAnswered()
  }

  /** Requests that wait fail with what they failed with last. */
  stop(): void {
    this.#stopped.abort()
  }

  /**
   * The SDK knows throttling, time-outs, lost connections, 5xx and a clock that it has just corrected. What it does not know:
   * a session that has expired is renewed before the next attempt; a body that the way has damaged may come whole the next
   * time; a refusal that names no reason, as HEAD gets it, may be about the session; and a source of credentials that gave some before is out of order for a while, as any other service may be.
   */
  #canRetry({ error, errorType }: Failed): boolean {
    if (isForGood(error)) return false
    if (errorType === 'THROTTLING' || errorType === 'TRANSIENT') return true
    if (isExpiredToken(error) || isDamaged(error)) return true
    return this.#hasAnswered && (isCredentialsGap(error) || isBareRefusal(error))
  }

  /** Doubles each time and is drawn below that ("full jitter"): clients that failed together do not come back together. */
  #pauseOf({ retries }: RetryToken, { errorType, retryAfterHint }: Failed): number {
    const first = errorType === 'THROTTLING' ? firstThrottledPauseMs : firstPauseMs
    const drawn = this.#options.random() * Math.min(longestPauseMs, first * 2 ** retries)
    const asked = retryAfterHint === undefined ? 0 : retryAfterHint.getTime() - Date.now()
    return Math.max(drawn, Math.min(asked, longestPauseMs))
  }
}
