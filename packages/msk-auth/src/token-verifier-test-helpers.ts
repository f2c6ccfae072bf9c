/**
 * Checks an MSK token as a broker does: by signing again. Written from AWS's description of Signature Version 4 for
 * query strings, without the signer's own code.
 */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type VerifiedToken = {
  readonly host: string
  readonly region: string
  readonly accessKeyId: string
  readonly action: string | undefined
  readonly expiresS: string
  readonly userAgent: string | undefined
  readonly sessionToken: string | undefined
}

/** Throws an Error that says what is wrong. `secretOf` gives the secret key of an access key id. */
export function verifyToken(token: string, secretOf: (accessKeyId: string) => string): VerifiedToken {
  if (!/^[\w-]+$/.test(token)) throw new Error('not base64url without padding')
  const url = new URL(Buffer.from(token, 'base64url').toString('utf8'))
  const parameters = [...url.searchParams]
  const one = (name: string): string => url.searchParams.get(name) ?? ''
  const [accessKeyId = '', date = '', region = '', service = '', end = ''] =
    one('X-Amz-Credential').split('/')
  const canonicalQuery = parameters
    .filter(([name]) => name !== 'User-Agent' && name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .toSorted()
    .join('&')
  const request = ['GET', '/', canonicalQuery, `host:${url.host}`, '', 'host', sha256('')].join('\n')
  const scope = `${date}/${region}/${service}/${end}`
  const text = ['AWS4-HMAC-SHA256', one('X-Amz-Date'), scope, sha256(request)].join('\n')
  const key = [date, region, service, end].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${secretOf(accessKeyId)}`,
  )
  const expected = createHmac('sha256', key).update(text).digest()
  const given = Buffer.from(one('X-Amz-Signature'), 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Error('wrong signature')
  if (service !== 'kafka-cluster' || end !== 'aws4_request') throw new Error(`wrong scope ${scope}`)
  if (!one('X-Amz-Date').startsWith(date)) throw new Error('the dates differ')
  return {
    host: url.host,
    region,
    accessKeyId,
    action: url.searchParams.get('Action') ?? undefined,
    expiresS: one('X-Amz-Expires'),
    userAgent: url.searchParams.get('User-Agent') ?? undefined,
    sessionToken: url.searchParams.get('X-Amz-Security-Token') ?? undefined,
  }
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
