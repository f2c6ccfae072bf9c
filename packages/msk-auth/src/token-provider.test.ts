import { generateAuthTokenFromRole } from 'aws-msk-iam-sasl-signer-js'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type FakeSts, startFakeSts } from './fake-sts-test-helpers.ts'
import { type AwsCredentials } from './token.ts'
import { mskTokenProvider, type MskTokenProviderOptions } from './token-provider.ts'
import { verifyToken } from './token-verifier-test-helpers.ts'

const roleArn = 'arn:aws:iam::123456789012:role/msk-client'
const base = { region: 'eu-west-1', clientId: 'producer' } as const

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

function useSts(sts: FakeSts): void {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url)
}

test('S2: three tokens of the bare signer for a role are three AssumeRole calls', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  for (let round = 0; round < 3; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as connections come
    await generateAuthTokenFromRole({ region: 'eu-west-1', awsRoleArn: roleArn })
  }
  expect(sts.calls).toHaveLength(3)
})

test('100 token requests at once are one AssumeRole, and so are 100 more', async () => {
  await using sts = await startFakeSts({ answerAfterMs: 20 })
  useSts(sts)
  const token = mskTokenProvider({ ...base, roleArn })
  const first = await Promise.all(Array.from({ length: 100 }, () => token()))
  const second = await Promise.all(Array.from({ length: 100 }, () => token()))
  expect(sts.calls).toHaveLength(1)
  expect(new Set([...first, ...second].map(({ value }) => value)).size).toBe(1)
  const verified = verifyToken(first[0]?.value ?? '', sts.secretOf)
  expect(verified).toMatchObject({
    expiresS: '900',
    sessionToken: `session-token-of-${verified.accessKeyId}`,
  })
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
    lives.push(Number(verifyToken(value, sts.secretOf).expiresS))
  }
  // 900 s are renewed in their last quarter, at the latest at their end.
  expect(sts.calls.length).toBeGreaterThanOrEqual(8)
  expect(sts.calls.length).toBeLessThanOrEqual(11)
  expect(Math.min(...lives)).toBeGreaterThanOrEqual(60)
  expect(new Set(sts.calls.map(({ form }) => form.get('RoleSessionName')))).toEqual(
    new Set(['pinpipe-producer']),
  )
})

test('a token is given out again until the last quarter of its life, then replaced', async () => {
  let nowMs = Date.now()
  const provide = vi.fn<() => Promise<AwsCredentials>>(() =>
    Promise.resolve({ accessKeyId: 'AKIA', secretAccessKey: 's' }),
  )
  const log = { debug: vi.fn<(fields: object, message: string) => void>() }
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

function endingIn(seconds: number, nowMs = Date.now()): AwsCredentials {
  return { accessKeyId: 'AKIA', secretAccessKey: 's', expiration: new Date(nowMs + seconds * 1000) }
}

test('credentials that end in less than 60 s are fetched again first', async () => {
  let nowMs = Date.now()
  const provide = vi.fn<() => Promise<AwsCredentials>>(() => Promise.resolve(endingIn(100, nowMs)))
  const token = mskTokenProvider({ ...base, credentials: provide, clock: { nowMs: () => nowMs } })
  await token()
  nowMs += 80_000
  const { value } = await token()
  expect(provide).toHaveBeenCalledTimes(2)
  expect(verifyToken(value, () => 's').expiresS).toBe('100')
})

test('a source that only has credentials at their end is an error that names it', async () => {
  const token = mskTokenProvider({ ...base, credentials: () => Promise.resolve(endingIn(30)) })
  await expect(token()).rejects.toMatchObject({
    code: 'CREDENTIALS_TOO_SHORT',
    canRetry: true,
    message: expect.stringMatching(/^The AWS credentials from the program itself end in (29|30) s/),
  })
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
  expect(verifyToken(value, () => 's').expiresS).toBe('200')
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

test('an STS that never answers is given up after the time-out, with the name of the source', async () => {
  await using sts = await startFakeSts({ silent: true })
  useSts(sts)
  const token = mskTokenProvider({ ...base, roleArn, timeoutMs: 150 })
  await expect(token()).rejects.toMatchObject({
    code: 'CREDENTIALS_TIMED_OUT',
    exitCode: 5,
    canRetry: true,
    message: `No AWS credentials after 0.15 s from the role ${roleArn} (assumed with the default AWS credential chain): check that STS or the metadata service can be reached from here.`,
  })
  expect(sts.calls.length).toBeGreaterThan(0)
})

test('the time-out is 10 s unless told otherwise', async () => {
  vi.useFakeTimers()
  try {
    const token = mskTokenProvider({ ...base, credentials: () => new Promise(() => {}) })
    const failure = token().catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await failure).toMatchObject({
      message: expect.stringMatching(/^No AWS credentials after 10 s from the program itself/),
    })
  } finally {
    vi.useRealTimers()
  }
})

test('a role that STS refuses is one sentence with the role and the remedy', async () => {
  await using sts = await startFakeSts({ refuseWith: 'AccessDenied' })
  useSts(sts)
  await expect(mskTokenProvider({ ...base, roleArn })()).rejects.toMatchObject({
    code: 'CREDENTIALS_REFUSED',
    exitCode: 4,
    canRetry: false,
    message: expect.stringMatching(
      /^AWS refused the role arn:aws:iam::123456789012:role\/msk-client .*trust policy/,
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
      /^No AWS credentials from the default AWS credential chain: .* Set AWS_PROFILE/,
    ),
  })
})

test('a profile that does not exist is named', async () => {
  const message = expect.stringMatching(/^No AWS credentials from the AWS profile nobody: /)
  await expect(mskTokenProvider({ ...base, profile: 'nobody' })()).rejects.toMatchObject({ message })
})

test.each<[string, string, object]>([
  ['assumes a role', `role_arn = ${roleArn}\nsource_profile = keys`, { RoleSessionName: 'pinpipe-producer' }],
  [
    'exchanges a token file',
    `role_arn = ${roleArn}\nweb_identity_token_file = @/token`,
    { RoleSessionName: 'pinpipe-producer', WebIdentityToken: 'jwt' },
  ],
  [
    'names its session',
    `role_arn = ${roleArn}\nsource_profile = keys\nrole_session_name = mine\nexternal_id = e`,
    { RoleSessionName: 'mine', ExternalId: 'e' },
  ],
])('a profile that %s has a fixed session name, not one with the time in it', async (_, lines, expected) => {
  await using sts = await startFakeSts()
  useSts(sts)
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-aws-'))
  try {
    const keys = 'aws_access_key_id = AKIAPROFILE\naws_secret_access_key = s'
    await writeFile(join(folder, 'token'), 'jwt')
    await writeFile(
      join(folder, 'config'),
      `[profile dev]\n${lines.replace('@', folder)}\n[profile keys]\n${keys}\n`,
    )
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
    await mskTokenProvider({ ...base, profile: 'dev' })()
    expect(sts.calls).toHaveLength(1)
    expect(Object.fromEntries(sts.calls[0]?.form ?? [])).toMatchObject({ RoleArn: roleArn, ...expected })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test("a pod's token file is exchanged for its role under the fixed session name, and a second role comes on top", async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-aws-'))
  try {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'jwt-of-the-pod')
    const webIdentity = { tokenFile, roleArn: 'arn:aws:iam::123456789012:role/pod' }
    await mskTokenProvider({ ...base, webIdentity, roleArn })()
    expect(
      sts.calls.map(({ action, form }) => [action, form.get('RoleArn'), form.get('RoleSessionName')]),
    ).toEqual([
      ['AssumeRoleWithWebIdentity', webIdentity.roleArn, 'pinpipe-producer'],
      ['AssumeRole', roleArn, 'pinpipe-producer'],
    ])
    expect(sts.calls[0]?.form.get('WebIdentityToken')).toBe('jwt-of-the-pod')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test.each<[string, Partial<MskTokenProviderOptions>, string]>([
  ['session name', { roleSessionName: 'a b' }, 'INVALID_SESSION_NAME'],
  ['region', { region: 'Mars' }, 'INVALID_REGION'],
])('a wrong %s is refused before anything is asked for', (_, wrong, code) => {
  expect(() => mskTokenProvider({ ...base, ...wrong })).toThrow(
    expect.objectContaining({ code, exitCode: 64 }),
  )
})

test('neither token nor keys are in the log or in the errors', async () => {
  const lines: string[] = []
  const log = {
    debug: (fields: object, message: string) => void lines.push(JSON.stringify(fields) + message),
  }
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
