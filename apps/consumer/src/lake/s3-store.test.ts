import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { probeStore } from './probe.ts'
import { openS3Store } from './s3-store.ts'
import type { NewObject } from './store.ts'
import { contentOf } from '../testing/records.ts'

/** Speaks just enough S3 for one PUT and one HEAD; every test says how it answers. */
describe('the S3 store, and answers that a real server does not give on demand', () => {
  type Answer = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void
  let answer: Answer
  let endpoint: string
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests.push(request)
      answer(request, Buffer.concat(chunks), response)
    })
  })
  beforeEach(async () => {
    requests.length = 0
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const open = (
    credentials: Parameters<typeof openS3Store>[0]['credentials'] = {
      accessKeyId: 'a',
      secretAccessKey: 's',
    },
  ) =>
    openS3Store({
      bucket: 'lake',
      prefix: 'p',
      env: { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'r' },
      credentials,
    })
  test('a store that ignores If-None-Match is refused, and named', async () => {
    answer = (_request, _body, response) => response.writeHead(200).end()
    const probing = probeStore(open())
    await expect(probing).rejects.toMatchObject({ exitCode: 3 })
    await expect(probing).rejects.toThrow(/^s3:\/\/lake\/p does not create objects exclusively: 4 of 4/)
    expect(requests.every((request) => request.headers['if-none-match'] === '*')).toBe(true)
  })

  test('the body goes out with its hash in the signature, the checksum and the metadata', async () => {
    let sent: Buffer = Buffer.alloc(0)
    answer = (_request, body, response) => {
      sent = body
      response.writeHead(200).end()
    }
    expect(await open().create(object())).toBe('created')
    const sha256 = createHash('sha256').update('a\n')
    const hex = sha256.copy().digest('hex')
    expect(sent.toString()).toBe('a\n')
    expect(requests[0]!.url).toBe('/lake/p/k.json?x-id=PutObject')
    expect(requests[0]!.headers).toMatchObject({
      'x-amz-content-sha256': hex,
      'x-amz-checksum-sha256': sha256.digest('base64'),
      'x-amz-meta-digest': hex,
      'x-amz-meta-start': '0',
      'x-amz-meta-records': '1',
      'content-length': '2',
    })
  })

  test('409, 503 and a lost connection are retried; a 412 that answers our own lost request is the same object', async () => {
    let puts = 0
    answer = (request, _body, response) => {
      if (request.method === 'HEAD') {
        const digest = createHash('sha256').update('a\n').digest('hex')
        response.writeHead(200, { 'x-amz-meta-digest': digest }).end()
        return
      }
      puts++
      if (puts === 1) xml(response, 409, 'ConditionalRequestConflict')
      else if (puts === 2) xml(response, 503, 'SlowDown')
      else if (puts === 3) request.socket.destroy()
      else xml(response, 412, 'PreconditionFailed')
    }
    expect(await open().create(object())).toBe('same')
    expect(puts).toBe(4)
  })

  test('an expired session is renewed, and the request sent again with the new one', async () => {
    let made = 0
    answer = (request, _body, response) => {
      if (request.headers['x-amz-security-token'] === 'token-1') xml(response, 400, 'ExpiredToken')
      else response.writeHead(200).end()
    }
    const credentials = () => {
      made++
      return Promise.resolve({
        accessKeyId: 'a',
        secretAccessKey: 's',
        sessionToken: `token-${made}`,
        expiration: new Date(Date.now() + 3_600_000),
      })
    }
    expect(await open(credentials).create(object())).toBe('created')
    expect(requests.map((request) => request.headers['x-amz-security-token'])).toEqual(['token-1', 'token-2'])
  })

  test('credentials that stay expired end in one sentence', async () => {
    answer = (_request, _body, response) => xml(response, 400, 'ExpiredToken')
    await expect(open().create(object())).rejects.toThrow(
      /has expired and no new one was found: renew the credentials/,
    )
    expect(requests).toHaveLength(2)
  })
})

function object(): NewObject {
  const facts = { start: '0', end: '1', records: '1' }
  return { key: 'k.json', body: contentOf(['a']), digest: undefined, contentType: 'x', facts }
}

function xml(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}
