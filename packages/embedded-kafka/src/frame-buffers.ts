/** Where frames are put together. Long ones get buffers that are used again: a busy broker makes no garbage. */

const longBytes = 4 * 1024
const smallestBytes = 64 * 1024
const largestBytes = 4 * 1024 * 1024
const mostFreeBytes = 8 * 1024 * 1024

export class FrameBuffers {
  readonly #lent = new WeakSet<ArrayBufferLike>()
  readonly #free: Buffer[] = []
  #freeBytes = 0

  /** A buffer of exactly this length, with anything in it. */
  take(bytes: number): Buffer {
    if (bytes < longBytes) return Buffer.allocUnsafe(bytes)
    if (bytes > largestBytes) return Buffer.allocUnsafeSlow(bytes)
    const buffer = this.#takeFree(bytes) ?? Buffer.allocUnsafeSlow(roundedUp(bytes))
    this.#lent.add(buffer.buffer)
    return buffer.subarray(0, bytes)
  }

  /** Nobody has a view of the frame any more. One that is never given back is the garbage collector's. */
  giveBack({ buffer }: Buffer): void {
    if (!this.#lent.delete(buffer) || this.#freeBytes + buffer.byteLength > mostFreeBytes) return
    this.#free.push(Buffer.from(buffer))
    this.#freeBytes += buffer.byteLength
  }

  #takeFree(bytes: number): Buffer | undefined {
    const at = this.#free.findLastIndex(({ length }) => length >= bytes)
    const [buffer] = at === -1 ? [] : this.#free.splice(at, 1)
    this.#freeBytes -= buffer?.length ?? 0
    return buffer
  }
}

/** To powers of two, so that a buffer fits other frames, too. */
function roundedUp(bytes: number): number {
  return Math.max(smallestBytes, 2 ** Math.ceil(Math.log2(bytes)))
}
