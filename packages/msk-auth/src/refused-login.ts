/** What a refused login means to the user, whichever way the broker said it. */

import { type AwsCredentials } from './credentials.ts'
import { MskAuthError, type MskAuthErrorCode } from './errors.ts'
import { type MskIdentity } from './msk-identity.ts'

type Meaning = { readonly code: MskAuthErrorCode; readonly remedy: string }

const throttled: Meaning = {
  code: 'LOGIN_THROTTLED',
  remedy: 'MSK takes 100 new IAM connections a second, 4 on t3.small: wait, and open fewer at once',
}
const tooShort: Meaning = {
  code: 'LOGIN_REFUSED',
  remedy: 'the credentials are at their end: see that their source renews them in time',
}
const denied: Meaning = {
  code: 'LOGIN_REFUSED',
  remedy: "allow it kafka-cluster:Connect on the cluster, and check that the region is the cluster's",
}

/**
 * `words` are the broker's: MSK's `[<request id>]: Access denied`, or the status of an RFC 7628 challenge. The principal is asked of
 * STS, which shows the clock's fault, too.
 */
export async function refusalOf(
  words: string,
  credentials: AwsCredentials,
  identity: MskIdentity,
): Promise<MskAuthError> {
  const [, requestId, said = words] = /^\[([0-9a-f-]{36})\]:?\s*(.*)$/is.exec(words) ?? []
  const { code, remedy } = meaningOf(said)
  const principal = await identity.principalOf(credentials)
  const who = principal ?? `the access key ${credentials.accessKeyId}`
  const request = requestId === undefined ? '' : ` (request id ${requestId})`
  const sentence = `the broker refused the login of ${who}, with credentials from ${identity.sourceName}: ${readable(said)}${request}`
  return new MskAuthError(code, `${sentence}; ${identity.clockProblem ?? remedy}`, {
    source: identity.sourceName,
    ...(principal !== undefined && { principal }),
    ...(requestId !== undefined && { requestId }),
  })
}

function meaningOf(said: string): Meaning {
  if (/too many connects/i.test(said)) return throttled
  return /session too short/i.test(said) ? tooShort : denied
}

/** A broker may say anything: one short line of it is shown. */
function readable(said: string): string {
  const line = said.replaceAll(/[^\x20-\x7e]+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}
