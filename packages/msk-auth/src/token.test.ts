import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js'
import * as fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type AwsCredentials } from './credentials.ts'
import { lifetimeOf, parametersOf } from './login-test-helpers.ts'
import { presignLogin } from './presign.ts'
import { signatureOf } from './sigv4.ts'
import { signToken, tokenFingerprint } from './token.ts'
import { verifyToken } from './token-verifier.ts'

afterEach(() => {
  vi.useRealTimers()
})

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/with+signs=', sessionToken: 'a+b/c==' }
const nowMs = Date.UTC(2026, 10, 24, 17, 30)

/** AWS's signer, with the clock stopped at `nowMs`: it reads the process's own. */
async function bareSigner(region: string, credentials: AwsCredentials): Promise<string> {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] })
  const awsCredentialsProvider = (): Promise<AwsCredentials> => Promise.resolve(credentials)
  const { token } = await generateAuthTokenFromCredentialsProvider({ region, awsCredentialsProvider })
  return token
}

function endingIn(ms: number): AwsCredentials {
  return { ...keys, expiration: new Date(nowMs + ms) }
}

test('S1: the bare signer writes fractions and negative seconds into the token', async () => {
  expect(lifetimeOf(await bareSigner('eu-west-1', endingIn(10_511)))).toBe('10.511')
  expect(lifetimeOf(await bareSigner('eu-west-1', endingIn(-5_000)))).toBe('-5')
})

test.each([
  [60_000, '60'],
  [60_999, '60'],
  [61_500, '61'],
  [899_999, '899'],
  [900_500, '900'],
  [3_600_000, '900'],
])('S1: credentials that end in %i ms give a token of %s whole seconds', async (leftMs, seconds) => {
  const token = await signToken('eu-west-1', endingIn(leftMs), nowMs)
  expect(lifetimeOf(token.value)).toBe(seconds)
  expect(token.lifetimeMs).toBe(Number(seconds) * 1000)
  expect(token.expiresAtMs).toBe(nowMs + token.lifetimeMs)
})

test.each([59_999, 10_511, 0, -5_000])(
  'S1: credentials that end in %i ms are not signed with',
  async (leftMs) => {
    await expect(signToken('eu-west-1', endingIn(leftMs), nowMs)).rejects.toMatchObject({
      code: 'CREDENTIALS_TOO_SHORT',
      exitCode: 4,
    })
  },
)

function text(letters: string, minLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters.split('')), minLength, maxLength: 60 })
}

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='
const regions = ['us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1', 'ap-southeast-4', 'xx-new-1']
const inputs = fc.record({
  region: fc.constantFrom(...regions),
  accessKeyId: text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 4),
  secretAccessKey: text(base64, 1),
  sessionToken: fc.option(text(`${base64}!'()*~-_. %&`, 1), { nil: undefined }),
  leftS: fc.option(fc.integer({ min: 60, max: 40_000 }), { nil: undefined }),
})

function credentialsOf(input: {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
  readonly leftS: number | undefined
}): AwsCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, leftS } = input
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(leftS !== undefined && { expiration: new Date(nowMs + leftS * 1000) }),
  }
}

test("1,000 random tokens are byte for byte those of AWS's signer, but for the name of who signed", async () => {
  await fc.assert(
    fc.asyncProperty(inputs, async ({ region, ...given }) => {
      const credentials = credentialsOf(given)
      const { value } = await signToken(region, credentials, nowMs)
      expect(withoutUserAgent(value)).toEqual(withoutUserAgent(await bareSigner(region, credentials)))
    }),
    { numRuns: 1000, seed: 20261124 },
  )
})

test("the signature of 1,000 random logins is that of the AWS SDK's presigner, computed without its code", async () => {
  const hosts = fc.constantFrom('localhost', 'b-1.demo.a1.c2.kafka.eu-west-1.amazonaws.com')
  await fc.assert(
    fc.asyncProperty(inputs, hosts, async ({ region, ...given }, host) => {
      const credentials = credentialsOf(given)
      const lifetimeS = Math.min(given.leftS ?? 900, 900)
      const query = await presignLogin({ host, region, credentials, nowMs, lifetimeS })
      const { 'X-Amz-Signature': signature, ...signed } = query
      const scope = { day: '20261124', region, service: 'kafka-cluster' }
      const get = { host, parameters: new Map(Object.entries(signed)), date: '20261124T173000Z', scope }
      expect(signatureOf(get, credentials.secretAccessKey).toString('hex')).toBe(signature)
    }),
    { numRuns: 1000, seed: 20261125 },
  )
})

test('whatever is left of the credentials, a token has whole seconds between 60 and 900, or there is none', async () => {
  let signed = 0
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -1_000_000, max: 4_000_000 }), async (leftMs) => {
      const token = await signToken('eu-west-1', endingIn(leftMs), nowMs).catch(() => undefined)
      expect(token === undefined).toBe(leftMs < 60_000)
      if (token === undefined) return
      signed += 1
      const seconds = lifetimeOf(token.value) ?? ''
      expect(seconds).toMatch(/^\d+$/)
      expect(Number(seconds)).toBeGreaterThanOrEqual(60)
      expect(Number(seconds)).toBeLessThanOrEqual(900)
      expect(Number(seconds) * 1000).toBeLessThanOrEqual(leftMs)
    }),
    { numRuns: 1000, seed: 20261126 },
  )
  expect(signed).toBeGreaterThan(500)
})

test('a token says what it was signed for', async () => {
  const { value } = await signToken('eu-west-1', keys, nowMs)
  const keyOf = (id: string): typeof keys | undefined => (id === keys.accessKeyId ? keys : undefined)
  expect(verifyToken(value, { keyOf, nowMs })).toEqual({
    accessKeyId: keys.accessKeyId,
    key: keys,
    region: 'eu-west-1',
    host: 'kafka.eu-west-1.amazonaws.com',
    signedAtMs: nowMs,
    expiresAtMs: nowMs + 900_000,
  })
})

test('a token is logged as the beginning of its SHA-256 only', () => {
  expect(tokenFingerprint('abc')).toBe('ba7816bf8f01')
})

function withoutUserAgent(token: string): readonly [string, string][] {
  return [...parametersOf(token)].filter(([name]) => name !== 'User-Agent')
}
