/** What an answer refers to of the log. It is not given to others before the answer is sent, or not sent after all. */

import { type Chunk } from './chunk.ts'

export class Pins {
  readonly #chunks: Chunk[] = []

  hold(chunk: Chunk): void {
    chunk.pin()
    this.#chunks.push(chunk)
  }

  release(): void {
    for (const chunk of this.#chunks.splice(0)) chunk.unpin()
  }
}
