/** For tests of the token provider: an environment with base keys and nothing of the machine's, before each test. */

import { afterEach, beforeEach, vi } from 'vitest'
import { type FakeSts } from './fake-sts-test-helpers.ts'
import { type AwsCredentials } from './credentials.ts'

export const roleArn = 'arn:aws:iam::123456789012:role/msk-client'
export const base = { region: 'eu-west-1', clientId: 'producer' } as const

beforeEach(() => {
  // The AWS SDK reads these by itself; nothing of the machine may leak in.
  for (const name of [
    'AWS_PROFILE',
    'AWS_SESSION_TOKEN',
    'AWS_ROLE_ARN',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_REGION',
  ]) {
    vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIABASE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'base-secret')
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials')
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Sends what the AWS SDK asks of STS to this one, until the test ends. */
export function useSts(sts: FakeSts): void {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url)
}

/** Credentials that end that many seconds after `nowMs`. */
export function endingIn(seconds: number, nowMs = Date.now()): AwsCredentials {
  return { accessKeyId: 'AKIA', secretAccessKey: 's', expiration: new Date(nowMs + seconds * 1000) }
}
