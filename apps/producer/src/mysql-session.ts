/**
 * One connection to MySQL that outlives its sockets. Every statement is a short read that stands alone, so after a dead
 * connection the same statement runs again on a fresh one: no row is lost or repeated (hazards M1 and M2).
 */

import { Failure } from '@pinpipe/service/failure'
import pRetry from 'p-retry'
import { type ResultColumn } from './mysql-values.ts'

export type SqlResult = {
  readonly rows: readonly Record<string, unknown>[]
  readonly columns: readonly ResultColumn[]
}

/** What the session needs of a connection: mysql-source.ts makes it of mysql2. Both reject with a Failure. */
export type SqlConnection = {
  execute(sql: string, values: readonly (number | string)[]): Promise<SqlResult>
  close(): Promise<void>
  destroy(): void
}

export type SqlSessionOptions = {
  connect(): Promise<SqlConnection>
  /** How long a source that is gone is tried again in a run. */
  readonly retryForMs: number
  /** Stops the retries: a run that drains does not wait for a dead source. Statements then reject with its reason. */
  readonly stop: AbortSignal
  onRetry(failure: Failure, attempt: number): void
}

export class SqlSession implements AsyncDisposable {
  readonly #options: SqlSessionOptions
  #connection: SqlConnection | undefined
  /** Statements wait for each other: the protocol takes one at a time, and a new connection must not be opened twice. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: SqlSessionOptions) {
    this.#options = options
  }

  /** Connects, without retries: what is wrong at the start is told at once. Throws a Failure. */
  async open(): Promise<void> {
    this.#connection = await this.#options.connect()
  }

  /** Runs one reading statement, again on a fresh connection as long as the failure is of the kind that passes. */
  execute(sql: string, values: readonly (number | string)[]): Promise<SqlResult> {
    const result = this.#last.then(() => this.#executeWithRetries(sql, values))
    this.#last = result.catch(() => undefined)
    return result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  async #executeWithRetries(sql: string, values: readonly (number | string)[]): Promise<SqlResult> {
    const { retryForMs, stop } = this.#options
    return pRetry(() => this.#executeOnce(sql, values), {
      retries: Infinity,
      minTimeout: 100,
      maxTimeout: 5000,
      maxRetryTime: retryForMs,
      shouldRetry: ({ error }) => isPassing(error),
      signal: stop,
      onFailedAttempt: ({ error, attemptNumber }) => {
        if (isPassing(error)) this.#options.onRetry(error, attemptNumber)
      },
    })
  }

  async #executeOnce(sql: string, values: readonly (number | string)[]): Promise<SqlResult> {
    try {
      this.#connection ??= await this.#options.connect()
      return await this.#connection.execute(sql, values)
    } catch (error) {
      // Nothing is known about the state of the old connection: it is never used again.
      this.#connection?.destroy()
      this.#connection = undefined
      throw error
    }
  }
}

function isPassing(error: unknown): error is Failure {
  return error instanceof Failure && error.canRetry
}
