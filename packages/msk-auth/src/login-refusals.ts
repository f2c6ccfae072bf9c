/** Why a login is refused: a closed list, each with a sentence that holds nothing of the login. */

const sentences = {
  'too-long': 'the login is longer than 16 KiB',
  'not-base64url': 'the token is not base64url without padding',
  'not-a-url': 'the token does not hold a URL',
  'not-https': 'the presigned URL is not one of https',
  'wrong-path': 'the presigned URL has a path, a port, a user or a fragment',
  'not-json': 'the first message is not a JSON object of texts',
  'wrong-version': 'the first message is not of version 2020_10_22',
  'parameter-missing': 'a parameter of the signature is missing',
  'parameter-repeated': 'a parameter stands twice in the presigned URL',
  'parameter-unknown': 'there is a parameter that no signer writes',
  'wrong-host': 'it was signed for another host',
  'wrong-action': 'it is not for kafka-cluster:Connect',
  'wrong-algorithm': 'the algorithm is not AWS4-HMAC-SHA256',
  'wrong-credential': 'the credential is not <access key id>/<day>/<region>/<service>/aws4_request',
  'wrong-service': 'it was signed for another service than kafka-cluster',
  'wrong-region': 'it was signed for another region',
  'wrong-date': 'the date is not one of ISO 8601 in its basic form, in UTC',
  'dates-differ': 'the day of the credential is not the day of the date',
  'wrong-lifetime': 'the lifetime is not a whole number of seconds',
  'lifetime-out-of-range': 'the lifetime is not between 1 and 900 seconds',
  'wrong-signed-headers': 'other headers than host are signed',
  'malformed-signature': 'the signature is not 64 lower-case hexadecimal digits',
  'unknown-access-key': 'there is no such access key',
  'session-token-missing': 'the session token of the temporary credentials is missing',
  'session-token-unexpected': 'there is a session token, and the access key has none',
  'session-token-wrong': 'the session token is not the one of the access key',
  'wrong-signature': 'the signature is not the one of the secret key',
  'from-the-future': 'it was signed more than 5 minutes in the future: the clocks differ',
  expired: 'its lifetime is over',
  'credentials-ended': 'the temporary credentials have ended',
} as const

export type LoginRefusal = keyof typeof sentences

export const loginRefusals: readonly string[] = Object.keys(sentences)

/** Thrown by the verifier. The message is for the broker's log: a client is told no more than that it was refused. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused'
  readonly reason: LoginRefusal

  constructor(reason: LoginRefusal) {
    super(sentences[reason])
    this.reason = reason
  }
}
