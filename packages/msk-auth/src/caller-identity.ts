/** Whose credentials they are. STS answers that to everybody who has some, without any permission. */

import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { type AwsCredentials, type CredentialOptions, stsOptions } from './credentials.ts'

/**
 * The principal's ARN, as policies and MSK's log name it: `arn:aws:sts::111122223333:assumed-role/msk-client/pinpipe-producer`.
 * Rejects with the SDK's error when STS refuses or cannot be reached within the time-out.
 */
export async function callerArn(
  credentials: AwsCredentials,
  options: Pick<CredentialOptions, 'region' | 'stsRegion' | 'timeoutMs' | 'clientPlugins'>,
): Promise<string> {
  const { clientConfig, clientPlugins = [] } = stsOptions(options)
  const client = new STSClient({ ...clientConfig, credentials, maxAttempts: 2 })
  for (const plugin of clientPlugins) client.middlewareStack.use(plugin)
  try {
    const { Arn = 'nobody' } = await client.send(new GetCallerIdentityCommand({}))
    return Arn
  } finally {
    client.destroy()
  }
}
