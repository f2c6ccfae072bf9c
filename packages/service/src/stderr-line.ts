import { type Writable } from 'node:stream'
import { createLogUpdate } from 'log-update'

/**
 * Owns stderr. Rule: everything for stderr is written through here, so that log lines and the live line of a terminal
 * do not tear each other, and everything is redacted.
 */
export class StderrLine {
  readonly #stream: Writable
  readonly #redact: (text: string) => string
  readonly #live: ReturnType<typeof createLogUpdate>
  #shown: string | undefined

  constructor(stream: Writable, redact: (text: string) => string) {
    this.#stream = stream
    this.#redact = redact
    // The cursor stays visible: hiding it needs exit handlers that would interfere with the signals handled here.
    this.#live = createLogUpdate(stream, { showCursor: true })
  }

  /** Writes text that stays, above the live line if there is one. */
  write(text: string): void {
    this.writeRedacted(this.#redact(text))
  }

  /** The same for text that is redacted already, such as a log record, whose JSON must not be touched. */
  writeRedacted(text: string): void {
    const shown = this.#shown
    if (shown !== undefined) this.#live.clear()
    this.#stream.write(text)
    if (shown !== undefined) this.#live(shown)
  }

  /** Replaces the live line. */
  show(text: string): void {
    this.#shown = this.#redact(text)
    this.#live(this.#shown)
  }

  /** Leaves the live line as it is and goes on below it. */
  keep(): void {
    if (this.#shown === undefined) return
    this.#shown = undefined
    this.#live.done()
  }
}
