import { generateAuthTokenFromCredentialsProvider } from 'aws-msk-iam-sasl-signer-js'
import * as fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { type AwsCredentials, signToken, tokenFingerprint } from './token.ts'
import { verifyToken } from './token-verifier-test-helpers.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret/with+signs=', sessionToken: 'a+b/c==' }

function endingIn(ms: number): AwsCredentials {
  return { ...keys, expiration: new Date(Date.now() + ms) }
}

async function bareSigner(credentials: AwsCredentials): Promise<string> {
  const given = { region: 'eu-west-1', awsCredentialsProvider: () => Promise.resolve(credentials) }
  const { token } = await generateAuthTokenFromCredentialsProvider(given)
  return verifyToken(token, () => credentials.secretAccessKey).expiresS
}

test('S1: the bare signer writes fractions and negative seconds into the token', async () => {
  expect(await bareSigner(endingIn(10_511))).toMatch(/^10\.\d+$/)
  expect(await bareSigner(endingIn(-5_000))).toMatch(/^-\d/)
})

test.each([
  [60_999, '60'],
  [61_500, '61'],
  [899_999, '899'],
  [900_500, '900'],
  [3_600_000, '900'],
])('credentials that end in %i ms give a token of %s whole seconds', async (leftMs, seconds) => {
  const nowMs = Date.now()
  const token = await signToken('eu-west-1', { ...keys, expiration: new Date(nowMs + leftMs) }, nowMs)
  const { expiresS } = verifyToken(token.value, () => keys.secretAccessKey)
  expect(expiresS).toBe(seconds)
  expect(token.lifetimeMs).toBe(Number(seconds) * 1000)
  expect(token.expiresAtMs - Date.now()).toBeLessThanOrEqual(token.lifetimeMs)
})

test('the seconds are whole even when the clock moves between the two readings of the signer', async () => {
  const nowMs = Date.now()
  let readings = 0
  // Every third reading is a millisecond later than the one before it: the signer's second reading often is.
  vi.spyOn(Date, 'now').mockImplementation(() => nowMs + Math.floor(readings++ / 3))
  const lives = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const { value } = await signToken(
        'eu-west-1',
        { ...keys, expiration: new Date(nowMs + 100_000) },
        nowMs,
      )
      return verifyToken(value, () => keys.secretAccessKey).expiresS
    }),
  )
  expect(new Set(lives)).toEqual(new Set(['100']))
  // Signing again was really needed: two readings for each token would have been enough.
  expect(readings).toBeGreaterThan(60)
})

test.each([59_999, 10_511, 0, -5_000])(
  'credentials that end in %i ms are not signed with',
  async (leftMs) => {
    const nowMs = Date.now()
    await expect(
      signToken('eu-west-1', { ...keys, expiration: new Date(nowMs + leftMs) }, nowMs),
    ).rejects.toMatchObject({
      code: 'CREDENTIALS_TOO_SHORT',
      exitCode: 4,
    })
  },
)

function text(letters: string, minLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters.split('')), minLength, maxLength: 60 })
}

test('a verifier that signs again agrees with 1,000 random tokens', async () => {
  const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='
  const inputs = fc.record({
    region: fc.constantFrom(
      'us-east-1',
      'eu-central-1',
      'cn-north-1',
      'us-gov-west-1',
      'ap-southeast-4',
      'xx-new-1',
    ),
    accessKeyId: text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 4),
    secretAccessKey: text(base64, 1),
    sessionToken: fc.option(text(`${base64}!'()*~-_. %&`, 1), { nil: undefined }),
    leftS: fc.option(fc.integer({ min: 60, max: 40_000 }), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(inputs, async ({ region, accessKeyId, secretAccessKey, sessionToken, leftS }) => {
      const nowMs = Date.now()
      const credentials: AwsCredentials = {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === undefined ? {} : { sessionToken }),
        ...(leftS === undefined ? {} : { expiration: new Date(nowMs + leftS * 1000) }),
      }
      const { value } = await signToken(region, credentials, nowMs)
      expect(verifyToken(value, (id) => (id === accessKeyId ? secretAccessKey : ''))).toEqual({
        host: `kafka.${region}.amazonaws.com`,
        region,
        accessKeyId,
        action: 'kafka-cluster:Connect',
        expiresS: String(Math.min(900, leftS ?? 900)),
        userAgent: 'aws-msk-iam-sasl-signer-js/1.0.3',
        sessionToken,
      })
    }),
    { numRuns: 1000, seed: 20261124 },
  )
})

test('the verifier refuses a token of which one character was changed', async () => {
  const { value } = await signToken('eu-west-1', keys, Date.now())
  const url = Buffer.from(value, 'base64url').toString('utf8')
  const changed = [
    url.replace('Connect', 'Konnect'),
    url.replace('Expires=900', 'Expires=901'),
    url.replace('eu-west-1', 'eu-west-2'),
    url.replace(/Signature=./, (found) => `Signature=${found.endsWith('0') ? '1' : '0'}`),
  ]
  for (const other of changed) {
    expect(other).not.toBe(url)
    const token = Buffer.from(other).toString('base64url')
    expect(() => verifyToken(token, () => keys.secretAccessKey)).toThrow('wrong signature')
  }
})

test('a token is logged as the beginning of its SHA-256 only', () => {
  expect(tokenFingerprint('abc')).toBe('ba7816bf8f01')
})
