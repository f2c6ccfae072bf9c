/**
 * An S3 server that misbehaves on demand: HTTP on both sides, in front of a real one, so that what is stored is really
 * stored, and what is refused was refused by a real server. Hands out the credentials, too, as an ECS container does.
 *
 * Each fault is counted when it has happened, not when it was planned.
 */
import { once } from 'node:events'
import {
  createServer,
  request as requestOf,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { S3Facts } from '@pinpipe/local-stack/s3-access'
import { seededRandom, type Random } from './random.ts'

const refusals = {
  'S3 500': [500, 'InternalError'],
  'S3 502': [502, 'BadGateway'],
  'S3 503': [503, 'SlowDown'],
  'S3 409': [409, 'ConditionalRequestConflict'],
  'session expired': [400, 'ExpiredToken'],
  'clock skewed': [403, 'RequestTimeTooSkewed'],
} as const
type Refusal = keyof typeof refusals

/**
 * `answer lost`: stored, then the connection breaks. `upload cut` and `upload flipped`: the server gets half of the body, or
 * one other bit. `answer cut`: half of it comes. `no answer`: the connection stays open, and nothing comes.
 */
export type S3Fault = Refusal | 'answer lost' | 'upload cut' | 'upload flipped' | 'answer cut' | 'no answer'

type Exchange = {
  readonly message: IncomingMessage
  readonly body: Buffer
  readonly response: ServerResponse
}
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

/** How far the clock of a client seems to be behind: less than what the server behind refuses by itself. */
const skewMs = 10 * 60_000

export class S3Proxy implements AsyncDisposable {
  readonly #upstream: S3Facts
  readonly #random: Random
  readonly #server = createServer((message, response) => {
    // A client that gives up is none of our faults.
    this.#take(message, response).catch(() => response.destroy())
  })
  readonly #counts = new Map<string, number>()
  #planned: readonly S3Fault[] = []
  #share = 0
  #stored = 0

  static async start(upstream: S3Facts, seed: number): Promise<S3Proxy> {
    const proxy = new S3Proxy(upstream, seededRandom(seed))
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  private constructor(upstream: S3Facts, random: Random) {
    this.#upstream = upstream
    this.#random = random
  }

  /** Variables that lead a consumer here, with credentials that it has to ask for. */
  get env(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo
    const endpoint = `http://127.0.0.1:${port}`
    return {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/credentials`,
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    }
  }

  /** What happened so far. `S3 412` is the real server's; `flipped and stored` must never be there. */
  get faults(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Objects that were created and whose answer arrived. */
  get stored(): number {
    return this.#stored
  }

  /** From now on, this share of the requests meets one of these faults, where it can. None: all is well again. */
  inject(faults: readonly S3Fault[] = [], share = 0): void {
    this.#planned = faults
    this.#share = share
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #count(fault: string): void {
    this.#counts.set(fault, (this.#counts.get(fault) ?? 0) + 1)
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(message)
    if (message.url === '/credentials') return this.#handOutCredentials(response)
    const fault =
      this.#planned.length > 0 && this.#random.chance(this.#share)
        ? this.#random.pick(this.#planned)
        : undefined
    const exchange = { message, body, response }
    switch (fault) {
      case undefined:
        return this.#passOn(exchange)
      case 'answer lost':
        return await this.#loseAnswer(exchange)
      case 'upload cut':
        return await this.#cutUpload(exchange)
      case 'upload flipped':
        return await this.#flipUpload(exchange)
      case 'answer cut':
        return await this.#cutAnswer(exchange)
      case 'no answer':
        return this.#count(fault)
      default:
        return this.#refuse(exchange, fault)
    }
  }

  /** Each time the same keys, long before they end: who asks has been told that they are over. */
  #handOutCredentials(response: ServerResponse): void {
    this.#count('credentials handed out')
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        AccessKeyId: this.#upstream.accessKeyId,
        SecretAccessKey: this.#upstream.secretAccessKey,
        Token: '',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    )
  }

  #refuse({ message, response }: Exchange, fault: Refusal): void {
    const [status, code] = refusals[fault]
    const date = fault === 'clock skewed' ? new Date(Date.now() + skewMs) : new Date()
    this.#count(fault)
    response.writeHead(status, { 'content-type': 'application/xml', date: date.toUTCString() })
    response.end(
      message.method === 'HEAD'
        ? undefined
        : `<Error><Code>${code}</Code><Message>as asked</Message></Error>`,
    )
  }

  async #passOn(exchange: Exchange): Promise<void> {
    const { status, headers, body } = await this.#forward(exchange)
    if (status === 412) this.#count('S3 412')
    const { response, message } = exchange
    response.writeHead(status, headers).end(body, () => {
      if (message.method === 'PUT' && status === 200) this.#stored++
    })
  }

  async #loseAnswer(exchange: Exchange): Promise<void> {
    if (exchange.message.method !== 'PUT') return await this.#passOn(exchange)
    const { status } = await this.#forward(exchange)
    if (status === 200) this.#count('answer lost')
    exchange.response.destroy()
  }

  async #cutUpload(exchange: Exchange): Promise<void> {
    const { message, body, response } = exchange
    if (message.method !== 'PUT') return await this.#passOn(exchange)
    await this.#forward({ ...exchange, body: body.subarray(0, body.length / 2) }).catch(() => undefined)
    this.#count('upload cut')
    response.destroy()
  }

  async #flipUpload(exchange: Exchange): Promise<void> {
    const { message, body, response } = exchange
    if (message.method !== 'PUT') return await this.#passOn(exchange)
    const flipped = Buffer.from(body)
    const at = this.#random.integer(0, body.length - 1)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << this.#random.integer(0, 7))
    const { status, headers, body: said } = await this.#forward({ ...exchange, body: flipped })
    this.#count(status === 200 ? 'flipped and stored' : 'upload flipped')
    response.writeHead(status, headers).end(said)
  }

  async #cutAnswer(exchange: Exchange): Promise<void> {
    const { status, headers, body } = await this.#forward(exchange)
    if (exchange.message.method !== 'GET' || status !== 200 || body.length < 2)
      return await this.#passOn(exchange)
    this.#count('answer cut')
    const { response } = exchange
    response.writeHead(status, headers).write(body.subarray(0, body.length / 2), () => response.destroy())
  }

  /** As it came: the signature is over these headers. A body shorter than they say breaks off. */
  async #forward({ message, body }: Pick<Exchange, 'message' | 'body'>): Promise<Answer> {
    const { hostname, port } = new URL(this.#upstream.endpoint)
    const { method, url: path, headers } = message
    const outgoing = requestOf({ hostname, port, method, path, headers: { ...headers, connection: 'close' } })
    const answered = once(outgoing, 'response')
    if (body.length < Number(headers['content-length'] ?? 0)) outgoing.write(body, () => outgoing.destroy())
    else outgoing.end(body)
    // The type of what `once` resolves with is lost.
    const [incoming] = (await answered) as [IncomingMessage]
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await buffer(incoming) }
  }
}
