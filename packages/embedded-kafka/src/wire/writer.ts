/** Writes one message as a list of chunks: what is large (record batches) is referred to, never copied. */

const firstBytes = 512
/** From this size on, bytes are a chunk of their own. */
const ownChunkBytes = 2_048

export class Writer {
  readonly #chunks: Buffer[] = []
  #buffer: Buffer = Buffer.allocUnsafe(firstBytes)
  /** Where the unfinished chunk begins in `#buffer`, and where it goes on. */
  #from = 0
  #at = 0
  #finishedBytes = 0

  get length(): number {
    return this.#finishedBytes + this.#at - this.#from
  }

  /** All chunks; nothing may be written afterwards. */
  finish(): readonly Buffer[] {
    this.#endChunk()
    return this.#chunks
  }

  int8(value: number): void {
    this.#room(1)
    this.#at = this.#buffer.writeInt8(value, this.#at)
  }

  int16(value: number): void {
    this.#room(2)
    this.#at = this.#buffer.writeInt16BE(value, this.#at)
  }

  uint16(value: number): void {
    this.#room(2)
    this.#at = this.#buffer.writeUInt16BE(value, this.#at)
  }

  int32(value: number): void {
    this.#room(4)
    this.#at = this.#buffer.writeInt32BE(value, this.#at)
  }

  int64(value: bigint): void {
    this.#room(8)
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at)
  }

  unsignedVarint(value: number): void {
    this.#room(5)
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128))
      this.#at = this.#buffer.writeUInt8((rest & 127) | 128, this.#at)
    this.#at = this.#buffer.writeUInt8(rest, this.#at)
  }

  bytes(value: Buffer): void {
    if (value.length < ownChunkBytes) {
      this.#room(value.length)
      this.#at += value.copy(this.#buffer, this.#at)
      return
    }
    this.#endChunk()
    this.#chunks.push(value)
    this.#finishedBytes += value.length
  }

  #endChunk(): void {
    if (this.#at === this.#from) return
    this.#chunks.push(this.#buffer.subarray(this.#from, this.#at))
    this.#finishedBytes += this.#at - this.#from
    this.#from = this.#at
  }

  #room(length: number): void {
    if (this.#at + length <= this.#buffer.length) return
    const unfinished = this.#at - this.#from
    const larger = Buffer.allocUnsafe(Math.max(firstBytes, 2 * (unfinished + length)))
    this.#buffer.copy(larger, 0, this.#from, this.#at)
    this.#buffer = larger
    this.#from = 0
    this.#at = unfinished
  }
}
