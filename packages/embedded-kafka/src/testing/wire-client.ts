/** A client at the level of single requests: any API in any version, answers compared field by field. */

import { type Socket, connect } from 'node:net'
import { type Api } from '../api/api.ts'
import { FrameReader } from '../frame-reader.ts'
import { skipTags } from '../request-header.ts'
import { Reader } from '../wire/reader.ts'
import { type Decoded, type Encoded, type Fields } from '../wire/field.ts'
import { requestFrame } from './request-frame.ts'

/** The broker closed the connection instead of answering. */
export class HungUp extends Error {
  override readonly name = 'HungUp'
}

const longestAnswer = 256 * 1024 * 1024

export class WireClient implements AsyncDisposable {
  readonly #socket: Socket
  readonly #clientId: string
  readonly #waiting: { resolve(frame: Buffer): void; reject(error: Error): void }[] = []
  #correlationId = 0

  private constructor(socket: Socket, clientId: string) {
    this.#socket = socket
    this.#clientId = clientId
    const frames = new FrameReader(longestAnswer)
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      for (const frame of frames.push(chunk)) this.#waiting.shift()?.resolve(frame)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      for (const waiting of this.#waiting.splice(0))
        waiting.reject(new HungUp('the broker closed the connection'))
    })
  }

  /** @param address `host:port`; of a list, the first */
  static async open(address: string, clientId = 'wire-client'): Promise<WireClient> {
    const [first = ''] = address.split(',')
    const [host, port] = first.split(':')
    const socket = connect(Number(port), host)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new WireClient(socket, clientId)
  }

  get isClosed(): boolean {
    return this.#socket.destroyed
  }

  /** Sends a request and reads its answer; in the highest version unless another is wanted. @throws HungUp */
  async call<Q extends Fields, A extends Fields>(
    api: Api<Q, A>,
    request: Encoded<Q>,
    version: number = api.versions[1],
  ): Promise<Decoded<A>> {
    const correlationId = this.#correlationId + 1
    const frame = await this.exchange(this.frame(api, request, version))
    const reader = new Reader(frame)
    const answered = reader.int32()
    if (answered !== correlationId) throw new Error(`the answer is to ${answered}, not to ${correlationId}`)
    if (api.isFlexible(version) && api.name !== 'ApiVersions') skipTags(reader)
    const answer = api.codecs(version).response.read(reader)
    if (reader.remaining > 0)
      throw new Error(`the answer of ${api.name} has ${reader.remaining} bytes too many`)
    return answer
  }

  /** A whole frame for `exchange` or `write`; takes the next correlation id. */
  frame<Q extends Fields, A extends Fields>(api: Api<Q, A>, request: Encoded<Q>, version: number): Buffer {
    this.#correlationId += 1
    return requestFrame(api, request, {
      version,
      correlationId: this.#correlationId,
      clientId: this.#clientId,
    })
  }

  /** Writes bytes and waits for one frame. */
  exchange(bytes: Buffer): Promise<Buffer> {
    if (this.#socket.destroyed) return Promise.reject(new HungUp('the connection is closed'))
    const answer = new Promise<Buffer>((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
    })
    this.#socket.write(bytes)
    return answer
  }

  /** Writes bytes to which no answer is expected. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}
