import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js'
import { expect, test, vi } from 'vitest'
import { startFakeSts } from './fake-sts-test-helpers.ts'
import { mskTokenProvider, type MskIdentityOptions } from './token-provider.ts'
import { base, endingIn, roleArn, useSts } from './token-provider-test-helpers.ts'

test('a source that only has credentials at their end is an error that names it', async () => {
  const token = mskTokenProvider({ ...base, credentials: () => Promise.resolve(endingIn(30)) })
  await expect(token()).rejects.toMatchObject({
    code: 'CREDENTIALS_TOO_SHORT',
    canRetry: true,
    message: expect.stringMatching(/^the AWS credentials from the program itself end in (29|30) s/),
  })
})

test('an STS that never answers is given up after the time-out, with the name of the source', async () => {
  await using sts = await startFakeSts({ silent: true })
  useSts(sts)
  const token = mskTokenProvider({ ...base, roleArn, timeoutMs: 1_000 })
  await expect(token()).rejects.toMatchObject({
    code: 'CREDENTIALS_TIMED_OUT',
    exitCode: 5,
    canRetry: true,
    message: `no AWS credentials after 1 s from the role ${roleArn} (assumed with the default AWS credential chain): check that STS or the metadata service can be reached from here`,
  })
  expect(sts.calls.length).toBeGreaterThan(0)
})

test('S5: the time-out is 10 s unless told otherwise', async () => {
  vi.useFakeTimers()
  try {
    const token = mskTokenProvider({ ...base, credentials: () => new Promise(() => {}) })
    const failure = token().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await failure).toMatchObject({
      message: expect.stringMatching(/^no AWS credentials after 10 s from the program itself/),
    })
  } finally {
    vi.useRealTimers()
  }
})

test('S4: the bare signer fails where STS is not reached for its look at the credentials; here a token needs no STS', async () => {
  const sts = await startFakeSts()
  await sts[Symbol.asyncDispose]()
  useSts(sts)
  const keys = { region: base.region, awsCredentialsProvider: () => Promise.resolve(endingIn(3600)) }
  await expect(generateAuthTokenFromCredentialsProvider({ ...keys, awsDebugCreds: true })).rejects.toThrow(
    'ECONNREFUSED',
  )
  await expect(mskTokenProvider(base)()).resolves.toHaveProperty('value')
})

test('a role that STS refuses is one sentence with the role and the remedy', async () => {
  await using sts = await startFakeSts({ refuseWith: 'AccessDenied' })
  useSts(sts)
  await expect(mskTokenProvider({ ...base, roleArn })()).rejects.toMatchObject({
    code: 'CREDENTIALS_REFUSED',
    exitCode: 4,
    canRetry: false,
    message: expect.stringMatching(
      /^AWS refused the role arn:aws:iam::123456789012:role\/msk-client \(.*[^.]; check the keys, and the role's trust policy \(sts:AssumeRole\)$/,
    ),
  })
  expect(sts.calls).toHaveLength(1)
})

test('an STS that cannot be reached is exit code 5', async () => {
  const sts = await startFakeSts()
  await sts[Symbol.asyncDispose]()
  useSts(sts)
  await expect(mskTokenProvider({ ...base, roleArn })()).rejects.toMatchObject({
    code: 'CREDENTIALS_UNREACHABLE',
    exitCode: 5,
  })
})

test('without any credentials the error names the chain and what to set', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
  await expect(mskTokenProvider(base)()).rejects.toMatchObject({
    code: 'CREDENTIALS_MISSING',
    exitCode: 4,
    message: expect.stringMatching(
      /^no AWS credentials from the default AWS credential chain: .*[^.]; set AWS_PROFILE.* attached$/,
    ),
  })
})

test('a profile that does not exist is named', async () => {
  const message = expect.stringMatching(/^no AWS credentials from the AWS profile nobody: /)
  await expect(mskTokenProvider({ ...base, profile: 'nobody' })()).rejects.toMatchObject({ message })
})

test.each<[string, Partial<MskIdentityOptions>, string]>([
  ['session name', { roleSessionName: 'a b' }, 'INVALID_SESSION_NAME'],
  ['region', { region: 'Mars' }, 'INVALID_REGION'],
])('a wrong %s is refused before anything is asked for', (_, wrong, code) => {
  expect(() => mskTokenProvider({ ...base, ...wrong })).toThrow(
    expect.objectContaining({ code, exitCode: 64 }),
  )
})
