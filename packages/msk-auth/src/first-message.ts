/**
 * The mechanism AWS_MSK_IAM: the client's one message, as aws-msk-iam-auth (the Java library) writes it. Unlike a token it is
 * signed for one broker, so it cannot be kept for another connection.
 */

import { type AwsCredentials } from './credentials.ts'
import { messageVersion } from './login-format.ts'
import { loginLifetimeS, presignLogin, userAgent } from './presign.ts'

/**
 * @param host the broker's, as it was dialled, without a port.
 * @throws MskAuthError CREDENTIALS_TOO_SHORT, SIGNING_FAILED
 */
export async function signFirstMessage(
  host: string,
  region: string,
  credentials: AwsCredentials,
  nowMs: number,
): Promise<string> {
  const lifetimeS = loginLifetimeS(credentials, nowMs)
  const parameters = await presignLogin({ host, region, credentials, nowMs, lifetimeS })
  const fields = Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value])
  return JSON.stringify({
    version: messageVersion,
    host,
    'user-agent': userAgent,
    ...Object.fromEntries(fields),
  })
}
