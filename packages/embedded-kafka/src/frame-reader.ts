/** Cuts a stream of bytes into Kafka's frames: four bytes of length, then so many bytes. */

import { FrameBuffers } from './frame-buffers.ts'
import { MalformedMessage } from './wire/reader.ts'

const lengthBytes = 4

/** Each byte is copied once: the chunks may be used again after `push`. */
export class FrameReader {
  readonly #maxBytes: number
  readonly #buffers: FrameBuffers
  readonly #length = new Part(Buffer.alloc(lengthBytes))
  #frame: Part | undefined

  /** @param buffers where the frames are put together; whoever gets a frame may give it back to them */
  constructor(maxBytes: number, buffers = new FrameBuffers()) {
    this.#maxBytes = maxBytes
    this.#buffers = buffers
  }

  /** The frames that this chunk completes. @throws MalformedMessage for a length that is negative or over the limit */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = []
    for (let at = 0; at < chunk.length;) {
      if (this.#frame === undefined) {
        at += this.#length.fill(chunk, at)
        if (!this.#length.isFull) break
        this.#frame = new Part(this.#buffers.take(this.#takeLength()))
      }
      at += this.#frame.fill(chunk, at)
      if (!this.#frame.isFull) break
      frames.push(this.#frame.bytes)
      this.#frame = undefined
    }
    return frames
  }

  #takeLength(): number {
    const length = this.#length.bytes.readInt32BE(0)
    this.#length.filled = 0
    if (length < 0 || length > this.#maxBytes)
      throw new MalformedMessage(`a frame says it is ${length} bytes long; the limit is ${this.#maxBytes}`)
    return length
  }
}

class Part {
  readonly bytes: Buffer
  filled = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get isFull(): boolean {
    return this.filled === this.bytes.length
  }

  /** @returns how many bytes it took */
  fill(from: Buffer, at: number): number {
    const copied = from.copy(this.bytes, this.filled, at)
    this.filled += copied
    return copied
  }
}
