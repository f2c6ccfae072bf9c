/**
 * AWS Signature Version 4 for a presigned GET of `/`, written from AWS's description
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) without the SDK's code: the verifier
 * computes with it what a signer has to have written. The tests compare it with the SDK's presigner.
 */

import { createHash, createHmac } from 'node:crypto'

export const algorithm = 'AWS4-HMAC-SHA256'

export type PresignedGet = {
  /** Without a port, as it stands in the signed `host` header. */
  readonly host: string
  /** Decoded, without the signature. */
  readonly parameters: ReadonlyMap<string, string>
  /** `20260102T030405Z` */
  readonly date: string
  readonly scope: Scope
}

export type Scope = {
  /** `20260102` */
  readonly day: string
  readonly region: string
  readonly service: string
}

/** The 32 bytes of `X-Amz-Signature`. */
export function signatureOf(get: PresignedGet, secretAccessKey: string): Buffer {
  const { day, region, service } = get.scope
  const scope = [day, region, service, 'aws4_request']
  const request = ['GET', '/', canonicalQuery(get.parameters), `host:${get.host}`, '', 'host', sha256('')]
  const text = [algorithm, get.date, scope.join('/'), sha256(request.join('\n'))].join('\n')
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`)
  return hmac(key, text)
}

/** Sorted by name, as bytes of what was encoded by RFC 3986. */
function canonicalQuery(parameters: ReadonlyMap<string, string>): string {
  return [...parameters]
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .toSorted()
    .join('&')
}

/** Leaves only unreserved characters, unlike encodeURIComponent. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
