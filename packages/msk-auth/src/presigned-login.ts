/** What both mechanisms of MSK carry: the parts of a presigned GET. Here they are checked, each rule with its own refusal. */

import { timingSafeEqual } from 'node:crypto'
import { loginAction, loginService, longestLoginS } from './login-format.ts'
import { LoginRefused } from './login-refusals.ts'
import { algorithm, type PresignedGet, signatureOf } from './sigv4.ts'

export type AccessKey = {
  readonly secretAccessKey: string
  /** What temporary credentials carry: a login has to bring exactly this one. */
  readonly sessionToken?: string
  /** When temporary credentials end. */
  readonly expiresAtMs?: number
}

export type VerifierOptions<Key extends AccessKey> = {
  /** The key of an access key id, with whatever else the caller keeps beside it (a principal, say). */
  readonly keyOf: (accessKeyId: string) => Key | undefined
  readonly nowMs: number
  /** Only logins that were signed for this region pass. Default any. */
  readonly region?: string
}

export type VerifiedLogin<Key extends AccessKey = AccessKey> = {
  readonly accessKeyId: string
  readonly key: Key
  readonly region: string
  readonly host: string
  readonly signedAtMs: number
  /** The end of the login or of its credentials, whichever comes first. */
  readonly expiresAtMs: number
}

export type PresignedLogin = {
  readonly host: string
  /** Decoded, by their names in a query: `X-Amz-Date`. Without the user agent, which is not signed. */
  readonly parameters: ReadonlyMap<string, string>
}

const allowedSkewMs = 5 * 60_000

const required = [
  'Action',
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
]
/** All parameters that a login may have. */
export const parameterNames: readonly string[] = [...required, 'X-Amz-Security-Token']

/** @throws LoginRefused with the first rule that is broken; what forgers could probe comes before the clock. */
export function checkPresigned<Key extends AccessKey>(
  { host, parameters }: PresignedLogin,
  { keyOf, nowMs, region }: VerifierOptions<Key>,
): VerifiedLogin<Key> {
  if (required.some((name) => !parameters.has(name))) throw new LoginRefused('parameter-missing')
  if ([...parameters.keys()].some((name) => !parameterNames.includes(name)))
    throw new LoginRefused('parameter-unknown')
  const of = (name: string): string => parameters.get(name) ?? ''
  if (of('Action') !== loginAction) throw new LoginRefused('wrong-action')
  if (of('X-Amz-Algorithm') !== algorithm) throw new LoginRefused('wrong-algorithm')
  if (of('X-Amz-SignedHeaders') !== 'host') throw new LoginRefused('wrong-signed-headers')
  const { accessKeyId, scope } = credentialOf(of('X-Amz-Credential'))
  if (scope.service !== loginService) throw new LoginRefused('wrong-service')
  if (region !== undefined && scope.region !== region) throw new LoginRefused('wrong-region')
  const signedAtMs = instantOf(of('X-Amz-Date'))
  if (!of('X-Amz-Date').startsWith(`${scope.day}T`)) throw new LoginRefused('dates-differ')
  const lifetimeMs = lifetimeMsOf(of('X-Amz-Expires'))
  const key = keyOf(accessKeyId)
  if (key === undefined) throw new LoginRefused('unknown-access-key')
  checkSessionToken(parameters.get('X-Amz-Security-Token'), key.sessionToken)
  const get = { host, parameters: without(parameters, 'X-Amz-Signature'), date: of('X-Amz-Date'), scope }
  checkSignature(of('X-Amz-Signature'), get, key.secretAccessKey)
  if (signedAtMs > nowMs + allowedSkewMs) throw new LoginRefused('from-the-future')
  if (signedAtMs + lifetimeMs <= nowMs) throw new LoginRefused('expired')
  if (key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs) throw new LoginRefused('credentials-ended')
  const expiresAtMs = Math.min(signedAtMs + lifetimeMs, key.expiresAtMs ?? Infinity)
  return { accessKeyId, key, region: scope.region, host, signedAtMs, expiresAtMs }
}

function credentialOf(text: string): { accessKeyId: string; scope: PresignedGet['scope'] } {
  const [, accessKeyId, day, region, service] =
    /^(\w{3,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/.exec(text) ?? []
  if (accessKeyId === undefined || day === undefined || region === undefined || service === undefined)
    throw new LoginRefused('wrong-credential')
  return { accessKeyId, scope: { day, region, service } }
}

function instantOf(text: string): number {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6.000Z')
  const atMs = Date.parse(iso)
  // Date.parse takes the 31st of February for a day in March.
  if (Number.isNaN(atMs) || new Date(atMs).toISOString() !== iso) throw new LoginRefused('wrong-date')
  return atMs
}

function lifetimeMsOf(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new LoginRefused('wrong-lifetime')
  const seconds = Number(text)
  if (seconds < 1 || seconds > longestLoginS) throw new LoginRefused('lifetime-out-of-range')
  return seconds * 1000
}

function checkSessionToken(given: string | undefined, expected: string | undefined): void {
  if (given === expected) return
  if (given === undefined) throw new LoginRefused('session-token-missing')
  throw new LoginRefused(expected === undefined ? 'session-token-unexpected' : 'session-token-wrong')
}

function checkSignature(given: string, get: PresignedGet, secretAccessKey: string): void {
  if (!/^[0-9a-f]{64}$/.test(given)) throw new LoginRefused('malformed-signature')
  if (!timingSafeEqual(Buffer.from(given, 'hex'), signatureOf(get, secretAccessKey)))
    throw new LoginRefused('wrong-signature')
}

function without(parameters: ReadonlyMap<string, string>, name: string): ReadonlyMap<string, string> {
  return new Map([...parameters].filter(([each]) => each !== name))
}
