/**
 * Checks MSK's logins as a broker has to: by signing again with the secret key. Both mechanisms, no network, an injected clock:
 * for fake brokers and tests. Anything that no signer of AWS writes is refused.
 */

import { partitionOf } from './hosts.ts'
import { messageVersion } from './login-format.ts'
import { LoginRefused } from './login-refusals.ts'
import {
  type AccessKey,
  checkPresigned,
  parameterNames,
  type VerifiedLogin,
  type VerifierOptions,
} from './presigned-login.ts'

export { LoginRefused, type LoginRefusal, loginRefusals } from './login-refusals.ts'
export { type AccessKey, type VerifiedLogin, type VerifierOptions } from './presigned-login.ts'

/** A session token alone may have several KiB. */
const longestChars = 16 * 1024

/**
 * OAUTHBEARER: `token` is what stands after `Bearer ` in the client's message.
 * @throws LoginRefused
 */
export function verifyToken<Key extends AccessKey>(
  token: string,
  options: VerifierOptions<Key>,
): VerifiedLogin<Key> {
  if (token.length > longestChars) throw new LoginRefused('too-long')
  if (!/^[\w-]+$/.test(token)) throw new LoginRefused('not-base64url')
  const { host, query } = urlOf(Buffer.from(token, 'base64url').toString())
  const parameters = parametersOf(query)
  // Every signer adds it after it has signed.
  parameters.delete('User-Agent')
  const verified = checkPresigned({ host, parameters }, options)
  if (!hostsOf(verified.region).includes(host)) throw new LoginRefused('wrong-host')
  return verified
}

export type FirstMessageOptions<Key extends AccessKey> = VerifierOptions<Key> & {
  /** The names under which the broker is dialled, without ports. Default any. */
  readonly hosts?: readonly string[]
}

/**
 * AWS_MSK_IAM: the bytes of the client's only message.
 * @throws LoginRefused
 */
export function verifyFirstMessage<Key extends AccessKey>(
  message: Uint8Array,
  options: FirstMessageOptions<Key>,
): VerifiedLogin<Key> {
  if (message.length > longestChars) throw new LoginRefused('too-long')
  const { version, host, 'user-agent': _, ...fields } = textsOf(Buffer.from(message).toString())
  if (version !== messageVersion) throw new LoginRefused('wrong-version')
  if (host === undefined) throw new LoginRefused('parameter-missing')
  const parameters = new Map(Object.entries(fields).map(([name, value]) => [queryNameOf(name), value]))
  const verified = checkPresigned({ host, parameters }, options)
  if (options.hosts !== undefined && !options.hosts.includes(host)) throw new LoginRefused('wrong-host')
  return verified
}

/** The signers of all languages write the first; the second is the partition's own, where it differs. */
function hostsOf(region: string): readonly string[] {
  return ['amazonaws.com', partitionOf(region)?.dnsSuffix].map((suffix) => `kafka.${region}.${suffix}`)
}

function urlOf(text: string): { host: string; query: string } {
  const [, scheme, authority, rest] = /^([a-z]+):\/\/([^/?#]*)([^]*)$/.exec(text) ?? []
  if (authority === undefined || rest === undefined) throw new LoginRefused('not-a-url')
  if (scheme !== 'https') throw new LoginRefused('not-https')
  // The library for Java leaves out the path.
  const query = /^\/?\?([^#]*)$/.exec(rest)?.[1]
  if (query === undefined || !/^[a-z0-9.-]+$/.test(authority)) throw new LoginRefused('wrong-path')
  return { host: authority, query }
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=')
    const name = decoded(pair.slice(0, Math.max(0, equals)))
    if (parameters.has(name)) throw new LoginRefused('parameter-repeated')
    parameters.set(name, decoded(pair.slice(equals + 1)))
  }
  return parameters
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new LoginRefused('not-a-url')
  }
}

function textsOf(json: string): Readonly<Record<string, string>> {
  let fields: unknown
  try {
    fields = JSON.parse(json)
  } catch {
    throw new LoginRefused('not-json')
  }
  if (!isTexts(fields)) throw new LoginRefused('not-json')
  return fields
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  )
}

const queryNames = new Map(parameterNames.map((name) => [name.toLowerCase(), name]))

/** A name that is not known stays as it is, and is refused as such. */
function queryNameOf(field: string): string {
  return queryNames.get(field) ?? field
}
