/** Checks the signature in the headers of a request to AWS (Signature Version 4), for a POST of `/` without a query. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type SignedRequest = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

export type Authorization = {
  readonly accessKeyId: string
  /** `day/region/service/aws4_request` */
  readonly scope: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** The parts of the Authorization header; `undefined` when it is not one of Signature Version 4. */
export function authorizationOf({ headers }: SignedRequest): Authorization | undefined {
  const [, accessKeyId, scope, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/([\w/-]+), ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      textOf(headers['authorization']),
    ) ?? []
  if (accessKeyId === undefined || scope === undefined || signature === undefined) return undefined
  return { accessKeyId, scope, signedHeaders: (signedHeaders ?? '').split(';'), signature }
}

export function isSignedWith(
  { headers, body }: SignedRequest,
  { scope, signedHeaders, signature }: Authorization,
  secretAccessKey: string,
): boolean {
  const lines = signedHeaders.map((name) => `${name}:${textOf(headers[name]).trim().replaceAll(/ +/g, ' ')}`)
  const request = ['POST', '/', '', ...lines, '', signedHeaders.join(';'), sha256(body)].join('\n')
  const text = ['AWS4-HMAC-SHA256', textOf(headers['x-amz-date']), scope, sha256(request)].join('\n')
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  return timingSafeEqual(Buffer.from(signature, 'hex'), hmac(key, text))
}

/** `20260102T030405Z` in milliseconds; NaN when it is not there. */
export function signedAtMs({ headers }: SignedRequest): number {
  return Date.parse(
    textOf(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header ?? []).join(',')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
