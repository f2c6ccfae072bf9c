/** Records as JSON lines on a stream: `{"topic":…,"key":…,"value":…}`. The value is the record's value, byte for byte. */

import { type Writable } from 'node:stream'
import { type ProducerEvents } from './events.ts'
import { type Output } from './output.ts'
import { type EncodedRecord } from './record-encoder.ts'
import { type Tally } from './tally.ts'
import { countWritten, writeText } from './written-lines.ts'

export class StdoutOutput implements Output {
  readonly name = 'standard output'
  readonly #stream: Writable
  readonly #tally: Tally
  readonly #events: ProducerEvents

  constructor(options: {
    readonly stream: Writable
    readonly tally: Tally
    readonly events: ProducerEvents
  }) {
    this.#stream = options.stream
    this.#tally = options.tally
    this.#events = options.events
  }

  check(): Promise<void> {
    return Promise.resolve()
  }

  async write(records: readonly EncodedRecord[]): Promise<void> {
    if (records.length === 0) return
    await countWritten(records, this, () => writeText(this.#stream, records.map(lineOf).join('')))
  }

  get tally(): Tally {
    return this.#tally
  }

  get events(): ProducerEvents {
    return this.#events
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

function lineOf({ topic, key, value }: EncodedRecord): string {
  return `{"topic":${JSON.stringify(topic)},"key":${JSON.stringify(key)},"value":${value}}\n`
}
