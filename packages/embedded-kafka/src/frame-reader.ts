/** Cuts a stream of bytes into Kafka's frames: four bytes of length, then so many bytes. */

import { MalformedMessage } from './wire/reader.ts'

const lengthBytes = 4

/**
 * A frame that came in one chunk is a view of it; a longer one is collected in a buffer of its own, so that each byte is
 * copied at most once.
 */
export class FrameReader {
  readonly #maxBytes: number
  #rest: Buffer = Buffer.alloc(0)
  #long: { readonly frame: Buffer; filled: number } | undefined

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** The frames that this chunk completes. @throws MalformedMessage for a length that is negative or over the limit */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = []
    let left = chunk
    while (left.length > 0) {
      if (this.#long !== undefined) {
        const copied = left.copy(this.#long.frame, this.#long.filled)
        this.#long.filled += copied
        left = left.subarray(copied)
        if (this.#long.filled < this.#long.frame.length) break
        frames.push(this.#long.frame)
        this.#long = undefined
        continue
      }
      if (this.#rest.length > 0) {
        left = Buffer.concat([this.#rest, left])
        this.#rest = Buffer.alloc(0)
      }
      if (left.length < lengthBytes) {
        this.#rest = left
        break
      }
      const length = this.#checked(left.readInt32BE(0))
      left = left.subarray(lengthBytes)
      if (left.length >= length) {
        frames.push(left.subarray(0, length))
        left = left.subarray(length)
      } else {
        this.#long = { frame: Buffer.allocUnsafeSlow(length), filled: 0 }
      }
    }
    return frames
  }

  #checked(length: number): number {
    if (length < 0 || length > this.#maxBytes)
      throw new MalformedMessage(`a frame says it is ${length} bytes long; the limit is ${this.#maxBytes}`)
    return length
  }
}
