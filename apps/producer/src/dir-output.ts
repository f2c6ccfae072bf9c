/** Values as JSON lines in files: `<folder>/<topic>.jsonl`. Files that exist are only replaced when that was asked for. */

import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '@pinpipe/service/failure'
import { makeFolder } from '@pinpipe/service/folder'
import { type ProducerEvents } from './events.ts'
import { type Output } from './output.ts'
import { type EncodedRecord } from './record-encoder.ts'
import { type Tally } from './tally.ts'
import { countWritten } from './written-lines.ts'

export class DirOutput implements Output {
  readonly name: string
  readonly tally: Tally
  readonly events: ProducerEvents
  readonly #folder: string
  readonly #overwrite: boolean
  readonly #files = new Map<string, FileHandle>()
  #failure: Failure | undefined

  constructor(options: {
    readonly folder: string
    readonly overwrite: boolean
    readonly tally: Tally
    readonly events: ProducerEvents
  }) {
    this.name = `dir:${options.folder}`
    this.#folder = options.folder
    this.#overwrite = options.overwrite
    this.tally = options.tally
    this.events = options.events
  }

  async check(topics: readonly string[]): Promise<void> {
    for (const topic of topics) await this.#open(topic, join(this.#folder, `${topic}.jsonl`))
  }

  async write(records: readonly EncodedRecord[]): Promise<void> {
    for (const [topic, ofTopic] of Map.groupBy(records, (record) => record.topic)) {
      const text = ofTopic.map((record) => `${record.value}\n`).join('')
      // After a failure the other topics' records are refused and counted too.
      await countWritten(ofTopic, this, () => this.#append(topic, text)).catch(() => undefined)
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    for (const file of this.#files.values()) await file.sync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.#files.values(), (file) => file.close()))
  }

  async #open(topic: string, path: string): Promise<void> {
    try {
      await makeFolder(this.#folder)
    } catch (error) {
      throw new Failure(
        `the folder ${this.#folder} cannot be made (${codeOf(error)}): check --out dir:<path>`,
        { cause: error },
      )
    }
    try {
      this.#files.set(topic, await open(path, this.#overwrite ? 'w' : 'wx'))
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && !this.#overwrite) {
        throw new Failure(`${path} exists and is not replaced: choose another folder, or add --overwrite`, {
          exit: 'refused',
          cause: error,
        })
      }
      throw new Failure(`${path} cannot be written (${codeOf(error)}): check --out dir:<path>`, {
        cause: error,
      })
    }
  }

  async #append(topic: string, text: string): Promise<void> {
    try {
      if (this.#failure !== undefined) throw this.#failure
      await this.#files.get(topic)?.appendFile(text)
    } catch (error) {
      this.#failure ??= new Failure(
        `${this.#folder}/${topic}.jsonl cannot be written (${codeOf(error)}): check the disk`,
        { cause: error },
      )
      throw this.#failure
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
