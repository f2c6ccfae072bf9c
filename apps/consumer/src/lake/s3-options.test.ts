/** Each `--s3-…` setting, from what the user writes to the header that a server sees. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { Crc32c } from '@aws-sdk/checksums/crc'
import { Redactor } from '@pinpipe/service/redaction'
import { parseSettings } from '@pinpipe/service/settings'
import { describe, expect, test } from 'vitest'
import { Content } from '../content.ts'
import { FakeS3, type S3Request } from '../testing/fake-s3.ts'
import { newObject } from '../testing/store-contract.ts'
import { lakeSettings } from './lake-settings.ts'
import { s3Rules } from './s3-settings.ts'
import { openS3Store } from './s3-store.ts'
import type { Store } from './store.ts'

const parse = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  parseSettings(lakeSettings, { argv, env, rules: s3Rules, redactor: new Redactor() }).settings

const open = (
  endpoint: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Store =>
  openS3Store({
    bucket: 'lake',
    prefix: '',
    options: parse(['--lake', 's3://lake', ...flags], env),
    env: { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: 'r' },
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  })

/** The headers of an object that is put with these flags. */
async function sent(flags: readonly string[], object = newObject(['a'])): Promise<S3Request['headers']> {
  await using s3 = await FakeS3.start()
  await using store = open(s3.endpoint, flags)
  await store.create(object)
  expect(s3.requests).toHaveLength(1)
  return s3.requests[0]?.headers ?? {}
}

describe('a header of each object', () => {
  test.each([
    [['--s3-encryption', 'sse-s3'], { 'x-amz-server-side-encryption': 'AES256' }],
    [
      ['--s3-encryption', 'sse-kms'],
      {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      },
    ],
    [
      ['--s3-encryption', 'sse-kms', '--s3-kms-key', 'arn:aws:kms:k', '--no-s3-bucket-key'],
      {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:k',
        'x-amz-server-side-encryption-bucket-key-enabled': 'false',
      },
    ],
    [['--s3-bucket-owner', '111122223333'], { 'x-amz-expected-bucket-owner': '111122223333' }],
    [
      ['--s3-checksum', 'sha256'],
      { 'x-amz-checksum-sha256': createHash('sha256').update('a\n').digest('base64') },
    ],
  ])('%j', async (flags, headers) => {
    expect(await sent(flags)).toMatchObject(headers)
    expect(await sent(flags, newObject(['a'], { key: '_chain/x' }))).toMatchObject(headers)
    expect(await sent([])).not.toHaveProperty('x-amz-server-side-encryption')
  })

  test('--s3-checksum crc32c', async () => {
    const crc = new Crc32c()
    crc.update(Buffer.from('a\n'))
    const headers = await sent(['--s3-checksum', 'crc32c'])
    expect(headers['x-amz-checksum-crc32c']).toBe(Buffer.from(await crc.digest()).toString('base64'))
    expect(headers).not.toHaveProperty('x-amz-checksum-sha256')
  })
})

describe('a header of what readers see, and not of the protocol', () => {
  test.each([
    [['--s3-storage-class', 'STANDARD_IA'], { 'x-amz-storage-class': 'STANDARD_IA' }],
    [['--s3-tags', 'team=a b,cost=1+1'], { 'x-amz-tagging': 'team=a+b&cost=1%2B1' }],
    [
      ['--s3-metadata', 'Owner=me,x=y'],
      { 'x-amz-meta-owner': 'me', 'x-amz-meta-x': 'y', 'x-amz-meta-start': '0' },
    ],
    [['--s3-content-type', 'text/plain; charset=utf-8'], { 'content-type': 'text/plain; charset=utf-8' }],
  ])('%j', async (flags, headers) => {
    expect(await sent(flags)).toMatchObject(headers)
    const ofChain = await sent(flags, newObject(['a'], { key: '_chain/x', facts: {} }))
    for (const [name, value] of Object.entries(headers)) expect(ofChain[name]).not.toBe(value)
  })

  test.each([
    [[], { 'content-type': 'application/gzip' }, undefined],
    [
      ['--s3-content-encoding'],
      { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      'gzip',
    ],
    [
      ['--s3-content-encoding', '--s3-content-type', 'a/b'],
      { 'content-type': 'a/b', 'content-encoding': 'gzip' },
      'gzip',
    ],
  ])('the content type and encoding of a compressed object with %j', async (flags, headers, encoding) => {
    const [body, digest] = [gzipSync('a\n'), createHash('sha256').update('a\n').digest('hex')]
    const found = await sent(flags, newObject([], { body: Content.of(body), digest, compression: 'gzip' }))
    expect(found).toMatchObject({ ...headers, 'x-amz-meta-digest': digest })
    expect(found['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'))
    expect(found['content-encoding']).toBe(encoding)
  })
})

test('the account that the bucket must belong to is in every request', async () => {
  await using s3 = await FakeS3.start()
  await using store = open(s3.endpoint, [], { PINPIPE_S3_BUCKET_OWNER: '111122223333' })
  await store.create(newObject(['a']))
  await Promise.all([
    store.read('a/k.json'),
    store.head('a/k.json'),
    store.open('a/k.json').then((body) => body.resume()),
  ])
  await Array.fromAsync(store.list('a'))
  await store.folders('a')
  expect(s3.requests.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(
    Array(6).fill('111122223333'),
  )
})

test('--no-s3-path-style puts the bucket into the host name', async () => {
  for (const [flags, host] of [
    [['--no-s3-path-style'], 'lake.s3.invalid'],
    [[], 's3.invalid'],
  ] as const) {
    await using store = open('http://s3.invalid', ['--s3-retry-for', '0s', ...flags])
    const failed = await store.head('x').catch((error: unknown) => error)
    expect(String((failed as Error).cause)).toContain(`getaddrinfo ENOTFOUND ${host}`)
  }
})

describe('is refused', () => {
  test.each([
    [['--s3-kms-key', 'k'], '--s3-kms-key needs --s3-encryption sse-kms'],
    [['--s3-bucket-key', '--s3-encryption', 'sse-s3'], '--s3-bucket-key needs --s3-encryption sse-kms'],
    [['--s3-bucket-owner', '1'], 'is not the 12 digits of an AWS account'],
    [['--s3-storage-class', 'DEEP_ARCHIVE'], 'is not one of'],
    [['--s3-tags', 'a'], 'has an entry that is not key=value'],
    [['--s3-tags', 'a=1,a=2'], 'names a key twice'],
    [['--s3-tags', Array.from({ length: 11 }, (_, i) => `k${i}=v`).join()], 'has more than 10 tags'],
    [['--s3-tags', 'a=<b>'], 'has a tag with a sign that S3 does not take'],
    [['--s3-tags', `a=${'v'.repeat(257)}`], 'has a tag that is too long'],
    [['--s3-metadata', 'Digest=x'], 'names metadata that the store keeps itself'],
    [['--s3-metadata', 'a b=x'], 'has a metadata key that is not'],
    [['--s3-metadata', 'a=ü'], 'has a metadata value that is not of printable ASCII'],
    [['--s3-content-type', 'text'], 'is not a type like text/plain'],
  ])('%j', (flags, reason) => {
    expect(() => parse(['--lake', 's3://lake', ...flags])).toThrow(reason)
  })

  test('what is for S3 with a folder', () => {
    const flags = ['--lake', 'dir:x']
    expect(parse(flags).lake.kind).toBe('dir')
    expect(() => parse([...flags, '--s3-retry-for', '1m'])).toThrow(
      '--s3-retry-for is for a lake in S3, and this one is a folder',
    )
    expect(() => parse(flags, { PINPIPE_S3_TAGS: 'a=b' })).toThrow('--s3-tags is for a lake in S3')
  })
})
