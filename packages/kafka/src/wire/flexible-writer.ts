/** Writes the flexible versions of Kafka's protocol (KIP-482): compact strings and arrays, tagged fields. */

export class FlexibleWriter {
  readonly #parts: Buffer[] = []

  get bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  boolean(value: boolean): this {
    return this.#add(Buffer.from([value ? 1 : 0]))
  }

  int32(value: number): this {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(value)
    return this.#add(bytes)
  }

  unsignedVarint(value: number): this {
    const bytes: number[] = []
    let rest = value
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
    return this.#add(Buffer.from([...bytes, rest]))
  }

  text(value: string): this {
    const bytes = Buffer.from(value)
    return this.unsignedVarint(bytes.length + 1).#add(bytes)
  }

  list<T>(values: readonly T[], write: (value: T) => void): this {
    this.unsignedVarint(values.length + 1)
    for (const value of values) write(value)
    return this
  }

  /** A struct that may be absent. */
  optional<T>(value: T | undefined, write: (value: T) => void): this {
    this.#add(Buffer.from([value === undefined ? 0xff : 1]))
    if (value !== undefined) write(value)
    return this
  }

  /** The id of nothing: sixteen zeros. */
  noUuid(): this {
    return this.#add(Buffer.alloc(16))
  }

  noTags(): this {
    return this.unsignedVarint(0)
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes)
    return this
  }
}
