import { generateAuthTokenFromRole } from 'aws-msk-iam-sasl-signer-js'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startFakeSts } from './fake-sts-test-helpers.ts'
import { type AwsCredentials } from './credentials.ts'
import { mskTokenProvider } from './token-provider.ts'
import { base, endingIn, roleArn, useSts } from './token-provider-test-helpers.ts'
import { lifetimeOf, parametersOf } from './login-test-helpers.ts'
import { verifyToken } from './token-verifier.ts'

test('S2: three tokens of the bare signer for a role are three AssumeRole calls', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  for (let round = 0; round < 3; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as connections come
    await generateAuthTokenFromRole({ region: 'eu-west-1', awsRoleArn: roleArn })
  }
  expect(sts.calls).toHaveLength(3)
})

test('S2: 100 token requests at once are one AssumeRole, and so are 100 more', async () => {
  await using sts = await startFakeSts({ answerAfterMs: 20 })
  useSts(sts)
  const token = mskTokenProvider({ ...base, roleArn })
  const first = await Promise.all(Array.from({ length: 100 }, () => token()))
  const second = await Promise.all(Array.from({ length: 100 }, () => token()))
  expect(sts.calls).toHaveLength(1)
  expect(new Set([...first, ...second].map(({ value }) => value)).size).toBe(1)
  const value = first[0]?.value ?? ''
  expect(lifetimeOf(value)).toBe('900')
  const { accessKeyId } = verifyToken(value, { keyOf: sts.keyOf, nowMs: Date.now() })
  expect(parametersOf(value).get('X-Amz-Security-Token')).toBe(`session-token-of-${accessKeyId}`)
})

test('AssumeRole carries the role, the fixed session name and the external id, signed with the base credentials', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  await mskTokenProvider({ ...base, roleArn, roleExternalId: 'ext-1' })()
  const [call] = sts.calls
  expect(call?.action).toBe('AssumeRole')
  expect(call?.accessKeyId).toBe('AKIABASE')
  expect(Object.fromEntries(call?.form ?? [])).toMatchObject({
    RoleArn: roleArn,
    RoleSessionName: 'pinpipe-producer',
    ExternalId: 'ext-1',
  })
})

test('there is one AssumeRole for each life of the credentials, and every token is inside it', async () => {
  let nowMs = Date.now()
  const clock = { nowMs: () => nowMs }
  await using sts = await startFakeSts({ lifetimeS: 900, nowMs: clock.nowMs })
  useSts(sts)
  const token = mskTokenProvider({ ...base, roleArn, clock })
  const startMs = nowMs
  const lives: number[] = []
  // Two hours in steps of 10 s.
  for (; nowMs < startMs + 2 * 3600_000; nowMs += 10_000) {
    // oxlint-disable-next-line no-await-in-loop -- time passes between the requests
    const { value } = await token()
    verifyToken(value, { keyOf: sts.keyOf, nowMs })
    lives.push(Number(lifetimeOf(value)))
  }
  // 900 s are renewed in their last quarter, at the latest at their end.
  expect(sts.calls.length).toBeGreaterThanOrEqual(8)
  expect(sts.calls.length).toBeLessThanOrEqual(11)
  expect(Math.min(...lives)).toBeGreaterThanOrEqual(60)
  expect(new Set(sts.calls.map(({ form }) => form.get('RoleSessionName')))).toEqual(
    new Set(['pinpipe-producer']),
  )
})

test('S5: a token is given out again until the last quarter of its life, then replaced', async () => {
  let nowMs = Date.now()
  const provide = vi.fn<() => Promise<AwsCredentials>>(() =>
    Promise.resolve({ accessKeyId: 'AKIA', secretAccessKey: 's' }),
  )
  const log = { debug: vi.fn<(fields: object, message: string) => void>(), warn: vi.fn<() => void>() }
  const token = mskTokenProvider({ ...base, credentials: provide, clock: { nowMs: () => nowMs }, log })
  await token()
  nowMs += 670_000
  await token()
  expect(log.debug).toHaveBeenCalledTimes(1)
  nowMs += 10_000
  await token()
  expect(log.debug).toHaveBeenCalledTimes(2)
  expect(provide).toHaveBeenCalledTimes(1)
})

test('credentials that end in less than 60 s are fetched again first', async () => {
  let nowMs = Date.now()
  const provide = vi.fn<() => Promise<AwsCredentials>>(() => Promise.resolve(endingIn(100, nowMs)))
  const token = mskTokenProvider({ ...base, credentials: provide, clock: { nowMs: () => nowMs } })
  await token()
  nowMs += 80_000
  const { value } = await token()
  expect(provide).toHaveBeenCalledTimes(2)
  expect(lifetimeOf(value)).toBe('100')
})

test('while a refresh fails, credentials that still live are used', async () => {
  let nowMs = Date.now()
  const provide = vi
    .fn<() => Promise<AwsCredentials>>()
    .mockResolvedValueOnce(endingIn(1000, nowMs))
    .mockRejectedValue(new Error('STS is down'))
  const token = mskTokenProvider({ ...base, credentials: provide, clock: { nowMs: () => nowMs } })
  await token()
  nowMs += 800_000
  const { value } = await token()
  expect(provide).toHaveBeenCalledTimes(2)
  expect(lifetimeOf(value)).toBe('200')
  nowMs += 150_000
  await expect(token()).rejects.toThrow('STS is down')
})

test('after a failure the next request asks the source again', async () => {
  const provide = vi
    .fn<() => Promise<AwsCredentials>>()
    .mockRejectedValueOnce(new Error('not yet'))
    .mockResolvedValue(endingIn(3600))
  const token = mskTokenProvider({ ...base, credentials: provide })
  await expect(token()).rejects.toThrow('not yet')
  await expect(token()).resolves.toHaveProperty('value')
})

test('neither token nor keys are in the log or in the errors', async () => {
  const lines: string[] = []
  const write = (fields: object, message: string): void => void lines.push(JSON.stringify(fields) + message)
  const log = { debug: write, warn: write }
  const secretAccessKey = 'canary-secret-key'
  const credentials = { accessKeyId: 'AKIA', secretAccessKey, sessionToken: 'canary-session' }
  const { value } = await mskTokenProvider({
    ...base,
    credentials: () => Promise.resolve(credentials),
    log,
  })()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/"token":"[0-9a-f]{12}"/)
  expect(lines[0]).not.toContain('canary')
  expect(lines[0]).not.toContain(value.slice(0, 20))
})

test('every secret is told before it is sent, also one that the STS then refuses', async () => {
  await using sts = await startFakeSts({ refuseWith: 'AccessDenied' })
  useSts(sts)
  vi.stubEnv('AWS_SESSION_TOKEN', 'base-session')
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-identity-'))
  try {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'identity-token\n')
    const told: string[] = []
    const onSecret = (secret: string): void => void told.push(secret)
    await expect(mskTokenProvider({ ...base, roleArn, onSecret })()).rejects.toMatchObject({ exitCode: 4 })
    expect(told).toEqual(['base-secret', 'base-session'])
    const web = mskTokenProvider({ ...base, webIdentity: { tokenFile, roleArn }, onSecret })
    await expect(web()).rejects.toMatchObject({ exitCode: 4 })
    expect(told.slice(2)).toEqual(['identity-token'])
    expect(sts.calls).toHaveLength(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})
