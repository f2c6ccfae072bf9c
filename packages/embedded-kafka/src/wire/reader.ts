/** Reads one request (or, in tests, one answer) from its begin to its end. */

/** The bytes are not what the API's schema says. Kafka closes the connection on it, and so do we. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}

/** Values are read in place: `bytes` are views of the frame. Throws MalformedMessage where the frame ends too early. */
export class Reader {
  readonly #frame: Buffer
  #at = 0

  constructor(frame: Buffer) {
    this.#frame = frame
  }

  get remaining(): number {
    return this.#frame.length - this.#at
  }

  int8(): number {
    return this.#frame.readInt8(this.#skip(1))
  }

  int16(): number {
    return this.#frame.readInt16BE(this.#skip(2))
  }

  uint16(): number {
    return this.#frame.readUInt16BE(this.#skip(2))
  }

  int32(): number {
    return this.#frame.readInt32BE(this.#skip(4))
  }

  int64(): bigint {
    return this.#frame.readBigInt64BE(this.#skip(8))
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#frame.readUInt8(this.#skip(1))
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new MalformedMessage('a variable-length number is longer than five bytes')
  }

  bytes(length: number): Buffer {
    if (length < 0) throw new MalformedMessage(`a length is ${length}`)
    const from = this.#skip(length)
    return this.#frame.subarray(from, this.#at)
  }

  text(length: number): string {
    if (length < 0) throw new MalformedMessage(`a length is ${length}`)
    const from = this.#skip(length)
    return this.#frame.toString('utf8', from, this.#at)
  }

  /** A count of elements that each take at least one byte, so that a small frame cannot ask for a huge array. */
  checkCount(count: number): number {
    if (count > this.remaining)
      throw new MalformedMessage(`an array of ${count} elements does not fit into ${this.remaining} bytes`)
    return count
  }

  /** Goes on by `length` bytes; the position before. */
  #skip(length: number): number {
    const from = this.#at
    if (from + length > this.#frame.length)
      throw new MalformedMessage(`the message ends ${from + length - this.#frame.length} bytes too early`)
    this.#at = from + length
    return from
  }
}
