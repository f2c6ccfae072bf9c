/**
 * An S3 in memory, over HTTP: what the store speaks of it, with create-only writes and pages. A test may answer a request
 * itself, to inject what a real server does not do on demand; every request is kept.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type S3Request = {
  readonly method: string
  /** Below the bucket. */
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** True: it has answered, or never will. */
export type Fault = (request: S3Request, response: ServerResponse) => boolean

export class FakeS3 implements AsyncDisposable {
  readonly requests: S3Request[] = []
  readonly objects = new Map<string, { readonly body: Buffer; readonly headers: IncomingHttpHeaders }>()
  /** Each waits for the next request that it takes. */
  readonly faults: Fault[] = []
  /** As S3 answers callers that may list below a prefix only: what is missing is forbidden. */
  hidesMissing = false
  readonly #server = createServer((request, response) => {
    void this.#take(request, response).catch(() => response.destroy())
  })

  static async start(): Promise<FakeS3> {
    const s3 = new FakeS3()
    s3.#server.listen(0, '127.0.0.1')
    await once(s3.#server, 'listening')
    return s3
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  sent(method: string): S3Request[] {
    return this.requests.filter((request) => request.method === method)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(message.url ?? '', 'http://s3')
    const key = decodeURIComponent(pathname.split('/').slice(2).join('/'))
    const request = {
      method: message.method ?? '',
      key,
      query,
      headers: message.headers,
      body: await buffer(message),
    }
    this.requests.push(request)
    const fault = this.faults.findIndex((take) => take(request, response))
    if (fault >= 0) this.faults.splice(fault, 1)
    else if (request.method === 'PUT') this.#put(request, response)
    else if (query.has('list-type')) this.#list(request, response)
    else this.#get(request, response)
  }

  #put({ key, headers, body }: S3Request, response: ServerResponse): void {
    if (createHash('sha256').update(body).digest('hex') !== headers['x-amz-content-sha256'])
      return answer(response, 400, 'XAmzContentSHA256Mismatch')
    if (headers['if-none-match'] === '*' && this.objects.has(key))
      return answer(response, 412, 'PreconditionFailed')
    this.objects.set(key, { body, headers })
    response.writeHead(200).end()
  }

  #get({ method, key }: S3Request, response: ServerResponse): void {
    const found = this.objects.get(key)
    if (found === undefined && this.hidesMissing) return answer(response, 403, 'AccessDenied')
    if (found === undefined) return answer(response, 404, 'NoSuchKey')
    const metadata = Object.entries(found.headers).filter(([name]) => name.startsWith('x-amz-meta-'))
    response.writeHead(200, { 'content-length': found.body.length, ...Object.fromEntries(metadata) })
    response.end(method === 'HEAD' ? undefined : found.body)
  }

  #list({ query }: S3Request, response: ServerResponse): void {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? '']
    const [most, after] = [
      Number(query.get('max-keys') ?? 1000),
      query.get('continuation-token') ?? query.get('start-after') ?? '',
    ]
    const found = new Set<string>()
    for (const key of this.objects.keys()) {
      if (!key.startsWith(prefix)) continue
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
      found.add(end < 0 ? key : key.slice(0, end + 1))
    }
    const all = [...found].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const left = all.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
    const page = left.slice(0, most)
    const entries = page.map((key) =>
      delimiter !== '' && key.endsWith(delimiter)
        ? `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${key}</Key><Size>${this.objects.get(key)?.body.length}</Size></Contents>`,
    )
    const next = left.length > most ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(
      `<ListBucketResult><KeyCount>${page.length}</KeyCount>${entries.join('')}${next}</ListBucketResult>`,
    )
  }
}

/** An error of S3, with its body. */
export function answer(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

/** Answers the next request of the method with that error. */
export function failing(method: string, status: number, code: string): Fault {
  return (request, response) => {
    if (request.method !== method) return false
    answer(response, status, code)
    return true
  }
}
