/**
 * The socket of a connection, for kafkajs: what arrives is read into one buffer that is used again and again, and handed on
 * as whole frames. By itself Node allocates 64 KiB for each read, and kafkajs joins the pieces: twice the memory outside the
 * heap, which is what starts V8's major collections.
 */

import { type ISocketFactory } from 'kafkajs'
import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'

const readBytes = 256 * 1024
const keepAliveMs = 60_000
const lengthBytes = 4
/** Whatever begins with a larger length is no answer of a broker: no memory is taken on its word. */
const longestFrameBytes = 128 * 1024 * 1024

export const frameSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const frames = new FrameReader((frame) => socket.emit('data', frame))
  const onread = {
    buffer: Buffer.allocUnsafeSlow(readBytes),
    callback: (length: number, bytes: Uint8Array) => {
      frames.take(Buffer.from(bytes.buffer, bytes.byteOffset, length))
      return true
    },
  }
  // For TLS, too (https://nodejs.org/api/tls.html#tlsconnectoptions-callback), although its type does not say so.
  const options = { host, port, onread }
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const socket = ssl
    ? connectTls({ ...options, ...servername, ...ssl }, onConnect)
    : connect(options, onConnect)
  return socket.setKeepAlive(true, keepAliveMs)
}

/** Cuts what arrives into frames: a length of 4 bytes, and so many bytes. */
export class FrameReader {
  readonly #onFrame: (frame: Buffer) => void
  readonly #length = Buffer.alloc(lengthBytes)
  #frame: Buffer | undefined
  /** Bytes of the frame that are there, those of its length included. */
  #filled = 0
  #isForeign = false

  constructor(onFrame: (frame: Buffer) => void) {
    this.#onFrame = onFrame
  }

  /** Nothing of `bytes` is kept. */
  take(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && !this.#isForeign) at += this.#takePart(bytes, at)
    // kafkajs is left to wait for the end of it.
    if (at < bytes.length) this.#onFrame(Buffer.from(bytes.subarray(at)))
  }

  /** @returns how many bytes it took */
  #takePart(bytes: Buffer, at: number): number {
    const target = this.#frame ?? this.#length
    const taken = bytes.copy(target, this.#filled, at)
    this.#filled += taken
    if (this.#filled < target.length) return taken
    if (this.#frame === undefined) this.#begin()
    else this.#end(this.#frame)
    return taken
  }

  #begin(): void {
    const length = this.#length.readUInt32BE()
    this.#isForeign = length > longestFrameBytes
    const frame = Buffer.allocUnsafeSlow(lengthBytes + (this.#isForeign ? 0 : length))
    frame.set(this.#length)
    if (frame.length === lengthBytes) this.#end(frame)
    else this.#frame = frame
  }

  #end(frame: Buffer): void {
    this.#frame = undefined
    this.#filled = 0
    this.#onFrame(frame)
  }
}
