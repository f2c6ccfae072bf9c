import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Content } from '../content.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { answer, FakeS3, failing, type Fault } from '../testing/fake-s3.ts'
import { expectRule, newObject, storeContract } from '../testing/store-contract.ts'
import { probeStore } from './probe.ts'
import { openS3Store, type S3StoreOptions } from './s3-store.ts'

let s3: FakeS3
beforeEach(async () => {
  s3 = await FakeS3.start()
})
afterEach(async () => {
  await s3[Symbol.asyncDispose]()
})

const login = { accessKeyId: 'a', secretAccessKey: 's' }
const open = (more: Partial<S3StoreOptions> = {}) =>
  openS3Store({
    bucket: 'lake',
    prefix: 'p',
    env: { AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'r' },
    credentials: login,
    ...more,
  })
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')

describe('the S3 store', () => {
  test.for(storeContract)('$title', async (rule) => {
    await using store = open()
    await expectRule(rule, store)
  })

  test.for(storeContract)('$title, where what is missing is forbidden', async (rule) => {
    s3.hidesMissing = true
    await using store = open()
    await expectRule(rule, store)
  })

  test('says what right is missing when it may not list either', async () => {
    s3.hidesMissing = true
    s3.faults.push((request, response) => {
      if (!request.query.has('list-type')) return false
      answer(response, 403, 'AccessDenied')
      return true
    })
    await expect(open().read('none')).rejects.toThrow(
      /the consumer needs s3:PutObject, s3:GetObject and s3:ListBucket/,
    )
    expect(s3.faults).toEqual([])
  })

  test('is raced once a day, and passes', async () => {
    for (const day of [1, 1, 2]) await probeStore(open(), Date.UTC(2026, 10, day))
    expect(s3.sent('PUT').map(({ headers }) => headers['if-none-match'])).toEqual(
      Array(8 + 2 + 1 + 8 + 2).fill('*'),
    )
  })

  test('lists more than a page', async () => {
    for (let i = 0; i < 2500; i++)
      s3.objects.set(`p/l/${String(i).padStart(4, '0')}/x`, { body: Buffer.of(), headers: {} })
    const store = open()
    const keys = await Array.fromAsync(store.list('l/'))
    expect([keys.length, keys[0], keys.at(-1)]).toEqual([2500, 'l/0000/x', 'l/2499/x'])
    expect(await Array.fromAsync(store.list('l/', 1500))).toEqual(keys.slice(0, 1500))
    expect(await store.folders('l/')).toHaveLength(2500)
  })
})

describe('a store that does not create exclusively is refused at the start, with its address and the reason', () => {
  test('one that ignores If-None-Match', async () => {
    s3.faults.push(...Array.from({ length: 8 }, ignoringTheCondition))
    const probing = probeStore(open())
    await expect(probing).rejects.toMatchObject({ exitCode: 3 })
    await expect(probing).rejects.toThrow(
      new RegExp(
        `^s3://lake/p at ${s3.endpoint} does not create objects exclusively \\(of 8 create-only writes of .* won\\)`,
      ),
    )
    expect(s3.faults).toEqual([])
  })

  test('one that lets two racers win and is right about everything that comes later, at each start', async () => {
    for (const start of [1, 2]) {
      s3.faults.push(ignoringTheCondition(), ignoringTheCondition())
      const probing = probeStore(open())
      await expect(probing).rejects.toThrow(/^s3:\/\/lake\/p at http:.* at once, 2 won\)/)
      await expect(probing).rejects.toMatchObject({ exitCode: 3 })
      expect([s3.faults.length, s3.objects.size]).toEqual([0, start])
    }
  })
})

describe('what is sent of an object', () => {
  test('is its chunks as they are, with the hash of them in the signature, the checksum and the metadata', async () => {
    expect(await open().create(newObject(['a']))).toBe('created')
    const [put] = s3.sent('PUT')
    expect([String(put?.body), put?.key, put?.query.toString()]).toEqual([
      'a\n',
      'p/a/k.json',
      'x-id=PutObject',
    ])
    expect(put?.headers).toMatchObject({
      'x-amz-content-sha256': sha256('a\n'),
      'x-amz-checksum-sha256': Buffer.from(sha256('a\n'), 'hex').toString('base64'),
      'x-amz-meta-digest': sha256('a\n'),
      'x-amz-meta-start': '0',
      'x-amz-meta-records': '1',
      'content-type': 'application/x-ndjson',
      'content-length': '2',
    })
    expect(put?.headers).not.toHaveProperty('expect')
    expect(put?.headers).not.toHaveProperty('transfer-encoding')
  })

  test('is never copied, and is whole in each attempt', async () => {
    const budget = new MemoryBudget(1 << 26)
    const chunks = Array.from({ length: 40 }, (_, i) => Buffer.alloc(1 << 20, i))
    const body = Content.holding(budget, chunks)
    s3.faults.push(failing('PUT', 503, 'SlowDown'), failing('PUT', 500, 'InternalError'))
    expect(await open().create(newObject([], { body }))).toBe('created')
    const whole = sha256(Buffer.concat(chunks))
    expect(s3.sent('PUT').map((put) => sha256(put.body))).toEqual([whole, whole, whole])
    expect([budget.peakBytes, body.bytes]).toEqual([40 << 20, 40 << 20])
  })

  test('is not hashed again when the digest of its content is known, and plain', async () => {
    const digest = sha256('a\n')
    await open().create(newObject(['a'], { digest }))
    expect(s3.sent('PUT')[0]?.headers['x-amz-content-sha256']).toBe(digest)
    const wrong = open({ options: { s3RetryFor: 0 } }).create(newObject(['b'], { digest, key: 'b' }))
    await expect(wrong).rejects.toThrow(/XAmzContentSHA256Mismatch/)
  })
})

describe('answers that a real server does not give on demand', () => {
  test('409, 503 and a lost connection are repeated; a 412 that answers our own lost request is the same object', async () => {
    const stored: Fault = (request, response) => {
      s3.objects.set(request.key, request)
      response.destroy()
      return true
    }
    s3.faults.push(failing('PUT', 409, 'ConditionalRequestConflict'), failing('PUT', 503, 'SlowDown'), stored)
    expect(await open().create(newObject(['a']))).toBe('same')
    expect([s3.sent('PUT').length, s3.faults]).toEqual([4, []])
  })

  test('what is refused as existing, and is not there, is sent again', async () => {
    s3.faults.push(failing('PUT', 412, 'PreconditionFailed'), failing('PUT', 412, 'PreconditionFailed'))
    expect(await open().create(newObject(['a']))).toBe('created')
    expect([s3.sent('PUT').length, s3.sent('HEAD').length, s3.faults]).toEqual([3, 2, []])
  })

  test('an answer that comes before all was sent does not leave a connection behind that reads on', async () => {
    const body = Content.of(Buffer.alloc(64 << 20))
    await using early = await earlyAnswer()
    const store = open({ env: { AWS_ENDPOINT_URL_S3: early.endpoint, AWS_REGION: 'r' } })
    expect(await store.create(newObject([], { body, digest: sha256('x') }))).toBe('different')
    await early.cutOff
  })

  test('a half answer is asked for again', async () => {
    const store = open()
    await store.create(newObject(['a'.repeat(1000)]))
    s3.faults.push(brokenOff)
    expect(String(await store.read('a/k.json'))).toBe(`${'a'.repeat(1000)}\n`)
    expect([s3.sent('GET').length, s3.faults]).toEqual([2, []])
  })

  test('a session that has expired is renewed, and what was to be sent is sent with the new one', async () => {
    const made: number[] = []
    const credentials = () => {
      made.push(0)
      const expiration = new Date(Date.now() + 3_600_000)
      return Promise.resolve({ ...login, sessionToken: `token-${made.length}`, expiration })
    }
    s3.faults.push(
      failing('PUT', 503, 'SlowDown'),
      failing('PUT', 400, 'ExpiredToken'),
      failing('PUT', 400, 'ExpiredToken'),
    )
    expect(await open({ credentials }).create(newObject(['a']))).toBe('created')
    expect(s3.sent('PUT').map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      'token-1',
      'token-1',
      'token-2',
      'token-3',
    ])
  })

  test('a session is renewed, too, when HEAD says only that something is wrong', async () => {
    let made = 0
    const store = open({ credentials: () => Promise.resolve({ ...login, sessionToken: `token-${++made}` }) })
    await store.create(newObject(['a']))
    s3.faults.push(failing('HEAD', 400, ''))
    expect(await store.create(newObject(['a']))).toBe('same')
    expect(s3.sent('HEAD').map(({ headers }) => headers['x-amz-security-token'])).toEqual([
      'token-1',
      'token-2',
    ])
  })

  test('a body that was damaged on its way is sent again', async () => {
    s3.faults.push(failing('PUT', 400, 'XAmzContentSHA256Mismatch'), failing('PUT', 400, 'BadDigest'))
    expect(await open().create(newObject(['a']))).toBe('created')
    expect([s3.sent('PUT').length, s3.faults]).toEqual([3, []])
  })

  test('credentials that stay expired end in one sentence', async () => {
    s3.faults.push(...Array.from({ length: 50 }, () => failing('PUT', 400, 'ExpiredToken')))
    const store = open({ options: { s3RetryFor: 300 } })
    await expect(store.create(newObject(['a']))).rejects.toThrow(
      /has expired and no new one was found: renew the credentials/,
    )
  })

  test('the chain is looked at again before each attempt that an old view would make', async () => {
    const looks: number[] = []
    const guard = {
      isFresh: () => looks.length > s3.sent('PUT').length,
      renew: async () => void looks.push(0),
    }
    s3.faults.push(failing('PUT', 500, 'InternalError'))
    expect(await open().create(newObject(['a'], { guard }))).toBe('created')
    expect([looks.length, s3.sent('PUT').length]).toEqual([2, 2])
  })

  test('an object that is there can be read as a stream', async () => {
    await open().create(newObject(['a']))
    expect(String(await buffer(await open().open('a/k.json')))).toBe('a\n')
  })
})

/** Two racers get to the same place at once. */
function ignoringTheCondition(): Fault {
  return (request, response) => {
    if (request.method !== 'PUT') return false
    s3.objects.set(request.key, request)
    response.writeHead(200).end()
    return true
  }
}

const brokenOff: Fault = ({ method }, response) => {
  if (method !== 'GET') return false
  response.writeHead(200, { 'content-length': 1001 })
  response.write('a'.repeat(500), () => response.destroy())
  return true
}

/** Answers 412 as soon as a request begins, and tells when the rest of its body stops to come. */
async function earlyAnswer(): Promise<
  AsyncDisposable & { readonly endpoint: string; readonly cutOff: Promise<unknown> }
> {
  const cutOff = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    if (request.method !== 'PUT') return response.writeHead(200, { 'content-length': 0 }).end()
    request.socket.on('close', () => !request.complete && cutOff.resolve())
    return answer(response, 412, 'PreconditionFailed')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    cutOff: cutOff.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
