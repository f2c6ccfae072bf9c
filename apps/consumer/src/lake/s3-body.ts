/**
 * The chunks of an object as the body of one attempt to send it. Nothing is copied: the same chunks serve each attempt, and
 * may be used again once none of them reads any more.
 */
import { ClientRequest } from 'node:http'
import { Readable } from 'node:stream'

export class ChunkStream extends Readable {
  readonly #chunks: Iterator<Uint8Array>
  #request: ClientRequest | undefined

  constructor(chunks: readonly Uint8Array[]) {
    super()
    this.#chunks = chunks[Symbol.iterator]()
  }

  override _read(): void {
    const next = this.#chunks.next()
    this.push(next.done === true ? null : next.value)
  }

  override pipe<T extends NodeJS.WritableStream>(request: T): T {
    if (request instanceof ClientRequest) this.#request = request
    return super.pipe(request)
  }

  /** The attempt is over. A request that was answered before all of it was sent is cut off: it would go on reading chunks. */
  stop(): void {
    this.destroy()
    if (this.#request?.writableFinished === false) this.#request.destroy()
  }
}
