/**
 * The OAUTHBEARER login (RFC 7628) for kafkajs. kafkajs's own does not read what the broker answers, so a refused token
 * looks like a login and the next request dies without a reason (K3).
 */

import kafkajs, { type AuthenticationProviderArgs, type Mechanism } from 'kafkajs'

const separator = '\u0001'
const lengthBytes = 4

/** @param token called at every login and re-login. */
export function oauthBearerMechanism(token: () => Promise<{ readonly value: string }>): Mechanism {
  return {
    mechanism: 'oauthbearer',
    authenticationProvider: (session) => ({ authenticate: () => logIn(session, token) }),
  }
}

async function logIn(
  { saslAuthenticate }: AuthenticationProviderArgs,
  token: () => Promise<{ readonly value: string }>,
): Promise<void> {
  const { value } = await token()
  const challenge = await answerOf(
    saslAuthenticate,
    `n,,${separator}auth=Bearer ${value}${separator}${separator}`,
  )
  // A broker that takes the token answers nothing; else a JSON challenge (section 3.2.2), whose status is safe to show.
  if (challenge !== '') throw refusal(/"status"\s*:\s*"([a-z_]{1,40})"/.exec(challenge)?.[1] ?? 'challenged')
}

async function answerOf(
  saslAuthenticate: AuthenticationProviderArgs['saslAuthenticate'],
  message: string,
): Promise<string> {
  const bytes = Buffer.from(message)
  const request = Buffer.alloc(lengthBytes + bytes.length)
  request.writeInt32BE(bytes.length)
  bytes.copy(request, lengthBytes)
  try {
    const answer = await saslAuthenticate({
      request: { encode: () => request },
      response: { decode: (raw) => raw, parse: (raw) => raw.subarray(lengthBytes).toString() },
    })
    return answer ?? ''
  } catch (error) {
    throw refusal(error instanceof kafkajs.KafkaJSProtocolError ? error.type : 'connection closed')
  }
}

function refusal(status: string): Error {
  return new kafkajs.KafkaJSNonRetriableError(`SASL OAUTHBEARER authentication failed: ${status}`)
}
