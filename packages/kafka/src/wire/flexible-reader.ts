/** Reads the flexible versions of Kafka's protocol (KIP-482): compact strings and arrays, tagged fields. */

const zeroUuid = 'A'.repeat(22)

/** Reads one answer from its begin to its end. Throws RangeError where the bytes end too early. */
export class FlexibleReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  readonly boolean = (): boolean => this.#bytes.readInt8(this.#skip(1)) !== 0
  readonly int16 = (): number => this.#bytes.readInt16BE(this.#skip(2))
  readonly int32 = (): number => this.#bytes.readInt32BE(this.#skip(4))

  readonly unsignedVarint = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#skip(1))
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }

  /** Null is an empty text. */
  readonly text = (): string => {
    const length = this.unsignedVarint() - 1
    return length <= 0 ? '' : this.#slice(length).toString('utf8')
  }

  /** As the Java client writes it (base64url, 22 characters); `undefined` when it is all zeros. */
  readonly uuid = (): string | undefined => {
    const text = this.#slice(16).toString('base64url')
    return text === zeroUuid ? undefined : text
  }

  /** `undefined` for null. */
  readonly optionalList = <T>(read: () => T): T[] | undefined => {
    const length = this.unsignedVarint() - 1
    return length < 0 ? undefined : Array.from({ length }, read)
  }

  /** Null is an empty list. */
  readonly list = <T>(read: () => T): T[] => this.optionalList(read) ?? []

  /** A struct that may be absent. */
  readonly optional = <T>(read: () => T): T | undefined =>
    this.#bytes.readInt8(this.#skip(1)) < 0 ? undefined : read()

  /** Tagged fields are for later versions: none is known here. */
  readonly skipTags = (): void => {
    for (let left = this.unsignedVarint(); left > 0; left--) {
      this.unsignedVarint()
      this.#skip(this.unsignedVarint())
    }
  }

  #slice(length: number): Buffer {
    const from = this.#skip(length)
    if (this.#at > this.#bytes.length) throw new RangeError('the answer ends too early')
    return this.#bytes.subarray(from, this.#at)
  }

  /** Goes on by `length` bytes; the position before. */
  #skip(length: number): number {
    this.#at += length
    return this.#at - length
  }
}
