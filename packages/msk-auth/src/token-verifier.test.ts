import { describe, expect, test } from 'vitest'
import { signFirstMessage } from './first-message.ts'
import { type AwsCredentials } from './credentials.ts'
import { type LoginToSign, presignLogin } from './presign.ts'
import { encodeRfc3986, signatureOf } from './sigv4.ts'
import { signToken } from './token.ts'
import {
  type AccessKey,
  LoginRefused,
  type LoginRefusal,
  loginRefusals,
  type VerifierOptions,
  verifyFirstMessage,
  verifyToken,
} from './token-verifier.ts'

const nowMs = Date.UTC(2026, 10, 24, 23, 59, 30)
const region = 'eu-west-1'
const tokenHost = 'kafka.eu-west-1.amazonaws.com'
const brokerHost = 'b-1.demo.a1.c2.kafka.eu-west-1.amazonaws.com'
const session: AwsCredentials = {
  accessKeyId: 'ASIASESSION',
  secretAccessKey: 'secret/of+session',
  sessionToken: "a+session/token==!'()*~",
}
const user: AwsCredentials = { accessKeyId: 'AKIAUSER', secretAccessKey: 'secret/of+user' }

const keys = new Map<string, AccessKey>([
  [session.accessKeyId, { ...session, expiresAtMs: nowMs + 600_000 }],
  [user.accessKeyId, user],
])
const options: VerifierOptions<AccessKey> = { keyOf: (id) => keys.get(id), nowMs, region }

/** The parameters of a right login; a test changes some and signs again, as a forger with a key would. */
async function rightParameters(more: Partial<LoginToSign> = {}): Promise<Record<string, string>> {
  return {
    ...(await presignLogin({
      host: tokenHost,
      region,
      credentials: session,
      nowMs,
      lifetimeS: 900,
      ...more,
    })),
  }
}

function signedAgain(parameters: Record<string, string>, host = tokenHost): Record<string, string> {
  const { 'X-Amz-Signature': _, ...signed } = parameters
  const [accessKeyId = '', day = '', of = '', service = ''] = (signed['X-Amz-Credential'] ?? '').split('/')
  const scope = { day, region: of, service }
  const get = { host, parameters: new Map(Object.entries(signed)), date: signed['X-Amz-Date'] ?? '', scope }
  const secret = keys.get(accessKeyId)?.secretAccessKey ?? session.secretAccessKey
  return { ...signed, 'X-Amz-Signature': signatureOf(get, secret).toString('hex') }
}

function tokenOf(parameters: Record<string, string>, before = `https://${tokenHost}/?`): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeRfc3986(value)}`)
  return base64url(`${before}${query.join('&')}`)
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const urlOf = (token: string): string => Buffer.from(token, 'base64url').toString()

/** A right login of which some parameters were changed before it was signed with the right key. */
const changed = async (changes: Record<string, string>): Promise<string> =>
  tokenOf(signedAgain({ ...(await rightParameters()), ...changes }))

/** The same, without signing again. */
const tampered = async (changes: Record<string, string>): Promise<string> =>
  tokenOf({ ...(await rightParameters()), ...changes })

const without = async (name: string): Promise<string> => {
  const { [name]: _, ...others } = await rightParameters()
  return tokenOf(name === 'X-Amz-Signature' ? others : signedAgain(others))
}

const right = (): Promise<string> => signToken(region, session, nowMs).then(({ value }) => value)
const credential = (id: string, scope: string): string => `${id}/${scope}/aws4_request`

const forgedTokens: readonly [LoginRefusal, string, () => Promise<string>][] = [
  ['too-long', 'a token of 20 KiB', async () => (await right()).padEnd(20_000, 'A')],
  ['not-base64url', 'padding', async () => `${await right()}=`],
  ['not-base64url', 'nothing', () => Promise.resolve('')],
  ['not-a-url', 'a JSON web token', () => Promise.resolve(base64url('{"alg":"none"}'))],
  ['not-a-url', 'a broken escape', async () => base64url(`${urlOf(await right())}&a=%zz`)],
  ['not-https', 'http', async () => tokenOf(await rightParameters(), `http://${tokenHost}/?`)],
  ['wrong-path', 'another path', async () => tokenOf(await rightParameters(), `https://${tokenHost}/x?`)],
  ['wrong-path', 'a port', async () => tokenOf(await rightParameters(), `https://${tokenHost}:443/?`)],
  ['wrong-path', 'a user', async () => tokenOf(await rightParameters(), `https://a@${tokenHost}/?`)],
  ['wrong-path', 'a fragment', async () => base64url(`${urlOf(await right())}#x`)],
  ['parameter-missing', 'no signature', () => without('X-Amz-Signature')],
  ['parameter-missing', 'no lifetime', () => without('X-Amz-Expires')],
  ['parameter-repeated', 'two lifetimes', async () => base64url(`${urlOf(await right())}&X-Amz-Expires=900`)],
  ['parameter-unknown', 'one more', () => changed({ Version: '2011-06-15' })],
  ['parameter-unknown', 'one without a value', async () => base64url(`${urlOf(await right())}&x`)],
  [
    'wrong-host',
    "the STS's",
    async () => {
      const host = 'sts.eu-west-1.amazonaws.com'
      return tokenOf(await rightParameters({ host }), `https://${host}/?`)
    },
  ],
  ['wrong-action', 'a presigned GetCallerIdentity', () => changed({ Action: 'GetCallerIdentity' })],
  ['wrong-algorithm', 'SHA-1', () => changed({ 'X-Amz-Algorithm': 'AWS4-HMAC-SHA1' })],
  [
    'wrong-credential',
    'no day',
    () => changed({ 'X-Amz-Credential': credential('AKIAUSER', `${region}/kafka-cluster`) }),
  ],
  [
    'wrong-credential',
    'another end',
    () => changed({ 'X-Amz-Credential': 'AKIAUSER/20261124/eu-west-1/kafka-cluster/aws5' }),
  ],
  [
    'wrong-service',
    'signed for sts',
    () => changed({ 'X-Amz-Credential': credential(session.accessKeyId, `20261124/${region}/sts`) }),
  ],
  [
    'wrong-region',
    'signed for another region',
    () => signToken('us-east-1', session, nowMs).then(({ value }) => value),
  ],
  ['wrong-date', 'the 31st of November', () => changed({ 'X-Amz-Date': '20261131T000000Z' })],
  ['wrong-date', 'with dashes', () => changed({ 'X-Amz-Date': '2026-11-24T23:59:30Z' })],
  [
    'dates-differ',
    "yesterday's scope",
    () =>
      changed({ 'X-Amz-Credential': credential(session.accessKeyId, `20261123/${region}/kafka-cluster`) }),
  ],
  ['wrong-lifetime', 'S1: a fraction', () => changed({ 'X-Amz-Expires': '10.511' })],
  ['wrong-lifetime', 'hexadecimal', () => changed({ 'X-Amz-Expires': '0x100' })],
  ['lifetime-out-of-range', 'S1: a negative one', () => changed({ 'X-Amz-Expires': '-5' })],
  ['lifetime-out-of-range', 'a second too long', () => changed({ 'X-Amz-Expires': '901' })],
  ['wrong-signed-headers', 'a second header', () => changed({ 'X-Amz-SignedHeaders': 'host;x' })],
  ['malformed-signature', 'half of it', async () => tampered({ 'X-Amz-Signature': 'ab'.repeat(16) })],
  [
    'unknown-access-key',
    'a key of nobody',
    () => signToken(region, { ...user, accessKeyId: 'AKIANOBODY' }, nowMs).then(({ value }) => value),
  ],
  ['session-token-missing', 'temporary keys alone', () => without('X-Amz-Security-Token')],
  [
    'session-token-unexpected',
    'a user with a token',
    () => signToken(region, { ...user, sessionToken: 'x' }, nowMs).then(({ value }) => value),
  ],
  ['session-token-wrong', "another session's", () => changed({ 'X-Amz-Security-Token': 'other' })],
  [
    'wrong-signature',
    'another secret key',
    () => signToken(region, { ...session, secretAccessKey: 'x' }, nowMs).then(({ value }) => value),
  ],
  [
    'wrong-signature',
    'a longer life than signed',
    async () => tokenOf({ ...(await rightParameters({ lifetimeS: 60 })), 'X-Amz-Expires': '900' }),
  ],
  ['wrong-signature', 'a later date than signed', () => tampered({ 'X-Amz-Date': '20261124T235931Z' })],
  [
    'from-the-future',
    'five minutes and a second',
    () => signToken(region, user, nowMs + 301_000).then(({ value }) => value),
  ],
  ['expired', 'to the second', () => signToken(region, user, nowMs - 900_000).then(({ value }) => value)],
]

test.each(forgedTokens)('a token is refused as %s: %s', async (reason, _, forge) => {
  const token = await forge()
  expect(refusalOf(() => verifyToken(token, options))).toBe(reason)
})

test('a token is refused as credentials-ended when the session is over before it', async () => {
  const token = await right()
  const late = { ...options, nowMs: nowMs + 600_000 }
  expect(refusalOf(() => verifyToken(token, late))).toBe('credentials-ended')
  expect(verifyToken(token, { ...late, nowMs: late.nowMs - 1 }).expiresAtMs).toBe(nowMs + 600_000)
})

const messageOf = async (more: Readonly<Record<string, unknown>> = {}): Promise<Buffer> => {
  const fields: unknown = JSON.parse(await signFirstMessage(brokerHost, region, session, nowMs))
  return Buffer.from(JSON.stringify({ ...(fields as object), ...more }))
}
const messageOptions = { ...options, hosts: ['localhost', brokerHost] }

const forgedMessages: readonly [LoginRefusal, string, () => Promise<Uint8Array>][] = [
  ['too-long', '20 KiB', () => Promise.resolve(Buffer.alloc(20_000, ' '))],
  [
    'not-json',
    'the message of OAUTHBEARER',
    () => Promise.resolve(Buffer.from('n,,\u0001auth=Bearer x\u0001\u0001')),
  ],
  ['not-json', 'a list', () => Promise.resolve(Buffer.from('[]'))],
  ['not-json', 'a number in it', () => messageOf({ 'x-amz-expires': 900 })],
  ['wrong-version', 'another version', () => messageOf({ version: '2026_01_01' })],
  ['parameter-missing', 'no host', () => messageOf({ host: undefined })],
  ['parameter-missing', 'no signature', () => messageOf({ 'x-amz-signature': undefined })],
  ['parameter-unknown', 'one more', () => messageOf({ more: 'x' })],
  ['wrong-action', 'another action', () => messageOf({ action: 'kafka-cluster:ReadData' })],
  [
    'wrong-host',
    'replayed to another broker',
    async () => Buffer.from(await signFirstMessage('b-2.demo', region, session, nowMs)),
  ],
  ['wrong-signature', 'the host was changed', () => messageOf({ host: 'localhost' })],
  [
    'expired',
    'stale',
    async () => Buffer.from(await signFirstMessage(brokerHost, region, user, nowMs - 901_000)),
  ],
]

test.each(forgedMessages)('a message of AWS_MSK_IAM is refused as %s: %s', async (reason, _, forge) => {
  const message = await forge()
  expect(refusalOf(() => verifyFirstMessage(message, messageOptions))).toBe(reason)
})

test('each of the more than 20 reasons is met by a forged login, and none has the sentence of another', () => {
  const met = new Set<string>([...forgedTokens, ...forgedMessages].map(([reason]) => reason))
  expect(loginRefusals.filter((reason) => !met.has(reason))).toEqual(['credentials-ended'])
  expect(met.size).toBeGreaterThanOrEqual(20)
  const sentences = new Set([...met].map((reason) => new LoginRefused(reason as LoginRefusal).message))
  expect(sentences.size).toBe(met.size)
})

describe('right logins', () => {
  test('a token of either kind of key passes, and the caller gets its own entry of the key', async () => {
    for (const credentials of [session, user]) {
      // oxlint-disable-next-line no-await-in-loop -- two
      const { value } = await signToken(region, credentials, nowMs)
      const verified = verifyToken(value, options)
      expect(verified.key).toBe(keys.get(credentials.accessKeyId))
      expect(verified).toMatchObject({ accessKeyId: credentials.accessKeyId, region, host: tokenHost })
    }
  })

  test('a message passes for the host that it was signed for', async () => {
    const verified = verifyFirstMessage(await messageOf(), messageOptions)
    expect(verified).toMatchObject({ host: brokerHost, signedAtMs: nowMs, expiresAtMs: nowMs + 600_000 })
  })

  test("the order of the parameters, the path and the signer's name do not count", async () => {
    const url = urlOf(await right())
    const [before = '', query = ''] = url.split('?')
    const shuffled = query
      .replace(/User-Agent=[^&]*/, 'User-Agent=another%2F2')
      .split('&')
      .toReversed()
    expect(shuffled.join('&')).not.toBe(query)
    expect(
      verifyToken(base64url(`${before.replace(/\/$/, '')}?${shuffled.join('&')}`), options).accessKeyId,
    ).toBe('ASIASESSION')
  })

  test('clocks may differ by five minutes', async () => {
    const { value } = await signToken(region, user, nowMs + 300_000)
    expect(verifyToken(value, options).signedAtMs).toBe(nowMs + 300_000)
  })

  test('tokens for China may carry the host of either form', async () => {
    const cn = { ...options, region: 'cn-north-1' }
    for (const host of ['kafka.cn-north-1.amazonaws.com', 'kafka.cn-north-1.amazonaws.com.cn']) {
      // oxlint-disable-next-line no-await-in-loop -- two
      const parameters = await rightParameters({ host, region: 'cn-north-1' })
      expect(verifyToken(tokenOf(parameters, `https://${host}/?`), cn).host).toBe(host)
    }
  })
})

function refusalOf(verify: () => unknown): string {
  try {
    verify()
  } catch (error) {
    if (error instanceof LoginRefused) return error.reason
    throw error
  }
  return 'taken'
}
