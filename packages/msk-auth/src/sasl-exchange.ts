/** One message to the broker and its answer, through what kafkajs gives to a mechanism. */

type SaslRequest = { encode(): Buffer }
type SaslResponse = { decode(raw: Buffer): Buffer; parse(decoded: Buffer): string }

/** kafkajs's `saslAuthenticate`. */
export type SaslAuthenticate = (args: {
  request: SaslRequest
  response?: SaslResponse
}) => Promise<string | void>

const lengthBytes = 4
const authenticationFailed = 'SASL_AUTHENTICATION_FAILED'

/**
 * `refused` holds the broker's own words (error 58). Whatever else goes wrong is not about the login and rejects as it is: a lost
 * connection, and ILLEGAL_SASL_STATE, at which kafkajs builds the connection anew.
 */
export async function exchange(
  saslAuthenticate: SaslAuthenticate,
  message: string,
): Promise<{ readonly said: string } | { readonly refused: string }> {
  const bytes = Buffer.from(message)
  const request = Buffer.alloc(lengthBytes + bytes.length)
  request.writeInt32BE(bytes.length)
  bytes.copy(request, lengthBytes)
  try {
    const said = await saslAuthenticate({
      request: { encode: () => request },
      response: { decode: (raw) => raw, parse: (raw) => raw.subarray(lengthBytes).toString() },
    })
    return { said: said ?? '' }
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === authenticationFailed)
      return { refused: error.message }
    throw error
  }
}
