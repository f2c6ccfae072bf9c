/** The file that `--on-invalid dead:<file>` appends rejected rows to: one JSON line each, with table, index, reasons and the row. */

import { type FileHandle, open } from 'node:fs/promises'
import { Failure } from '@pinpipe/service/failure'
import { type RejectedRow } from './post-gate.ts'

export class DeadRows implements AsyncDisposable {
  readonly #file: FileHandle
  readonly #path: string

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
  }

  /** Opens the file before the run, so that a path that cannot be written is told at the start. Throws a Failure. */
  static async open(path: string): Promise<DeadRows> {
    try {
      return new DeadRows(await open(path, 'a'), path)
    } catch (error) {
      throw cannotWrite(path, error)
    }
  }

  async append(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length === 0) return
    try {
      await this.#file.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    } catch (error) {
      throw cannotWrite(this.#path, error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

function cannotWrite(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return new Failure(
    `rejected rows cannot be written to ${path} (${code}): check the path given with --on-invalid dead:<file>`,
    { cause: error },
  )
}
