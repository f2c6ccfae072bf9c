import { expect, test, vi } from 'vitest'
import { type AwsCredentials } from './credentials.ts'
import { startFakeSts } from './fake-sts-test-helpers.ts'
import { type MskMechanism, mskSasl, type MskSaslOptions } from './msk-sasl.ts'
import { type SaslAuthenticate } from './sasl-exchange.ts'
import { base, endingIn, roleArn, useSts } from './token-provider-test-helpers.ts'
import { type AccessKey, verifyFirstMessage, verifyToken } from './token-verifier.ts'

const host = 'b-1.demo.a1.c2.kafka.eu-west-1.amazonaws.com'
const requestId = '3c7e2a90-8f5d-4f0e-9a41-2f6f0f1f7a11'
const mechanisms: readonly MskMechanism[] = ['OAUTHBEARER', 'AWS_MSK_IAM']

/** A broker as a mechanism of kafkajs sees it: takes messages, and answers what it is told to. */
function brokerThat(answer: (message: string) => string): {
  logIn: (login: ReturnType<typeof mskSasl>) => Promise<void>
  messages: string[]
} {
  const messages: string[] = []
  const saslAuthenticate: SaslAuthenticate = ({ request, response }) => {
    const message = request.encode()
    expect(message.readInt32BE()).toBe(message.length - 4)
    messages.push(message.subarray(4).toString())
    const raw = Buffer.concat([Buffer.alloc(4), Buffer.from(answer(messages.at(-1) ?? ''))])
    return Promise.resolve(response?.parse(response.decode(raw)))
  }
  return {
    messages,
    logIn: (login) => login.authenticationProvider({ host, saslAuthenticate }).authenticate(),
  }
}

const takes: Readonly<Record<MskMechanism, () => string>> = {
  OAUTHBEARER: () => '',
  AWS_MSK_IAM: () => `{"version":"2020_10_22","request-id":"${requestId}"}`,
}

const saysError = (type: string, message: string): never => {
  throw Object.assign(new Error(message), { type })
}

const denies = (words: string) => (): never => saysError('SASL_AUTHENTICATION_FAILED', words)

const keys: AwsCredentials = { accessKeyId: 'AKIA', secretAccessKey: 's/+=' }
const ownKeys: MskSaslOptions = { ...base, credentials: () => Promise.resolve(keys) }
const keyOf = (id: string): AccessKey | undefined => (id === keys.accessKeyId ? keys : undefined)

function verified(mechanism: MskMechanism, message: string): { accessKeyId: string; host: string } {
  const options = { keyOf, nowMs: Date.now() }
  if (mechanism === 'AWS_MSK_IAM') return verifyFirstMessage(Buffer.from(message), options)
  // RFC 7628, section 3.1.
  const [gs2, bearer, ...end] = message.split('\u0001')
  expect([gs2, ...end]).toEqual(['n,,', '', ''])
  return verifyToken(bearer?.replace(/^auth=Bearer /, '') ?? '', options)
}

test.each(mechanisms)(
  '%s: the message is one that a broker verifies, and its answer a login',
  async (mechanism) => {
    const broker = brokerThat(takes[mechanism])
    const login = mskSasl({ ...ownKeys, mechanism })
    expect(login.mechanism).toBe(mechanism)
    await broker.logIn(login)
    expect(verified(mechanism, broker.messages[0] ?? '')).toMatchObject({
      accessKeyId: 'AKIA',
      host: mechanism === 'OAUTHBEARER' ? 'kafka.eu-west-1.amazonaws.com' : host,
    })
  },
)

test.each(mechanisms)('%s: 100 logins at once are one AssumeRole', async (mechanism) => {
  await using sts = await startFakeSts({ answerAfterMs: 20 })
  useSts(sts)
  const broker = brokerThat(takes[mechanism])
  const login = mskSasl({ ...base, roleArn, mechanism })
  await Promise.all(Array.from({ length: 100 }, () => broker.logIn(login)))
  expect(broker.messages).toHaveLength(100)
  expect(sts.calls).toHaveLength(1)
})

test.each<[MskMechanism, string, () => string, string]>([
  [
    'OAUTHBEARER',
    "MSK's error",
    denies(`[${requestId}]: Access denied`),
    `Access denied (request id ${requestId})`,
  ],
  [
    'OAUTHBEARER',
    "Apache Kafka's challenge (K3)",
    () => '{"status":"invalid_token","scope":"secret"}',
    'invalid_token',
  ],
  ['OAUTHBEARER', 'an answer of any other kind', () => 'secret', 'challenged'],
  [
    'AWS_MSK_IAM',
    "MSK's error",
    denies(`[${requestId}]: Access denied`),
    `Access denied (request id ${requestId})`,
  ],
  ['AWS_MSK_IAM', 'no answer', () => '', 'no answer'],
])('%s: %s is one error that names principal, source and request id', async (mechanism, _, answer, said) => {
  await using sts = await startFakeSts()
  useSts(sts)
  const login = mskSasl({ ...ownKeys, mechanism })
  await expect(brokerThat(answer).logIn(login)).rejects.toMatchObject({
    name: 'MskAuthError',
    code: 'LOGIN_REFUSED',
    exitCode: 4,
    canRetry: false,
    source: 'the program itself',
    principal: 'arn:aws:iam::123456789012:user/of-AKIA',
    requestId: said.includes(requestId) ? requestId : undefined,
    message: `the broker refused the login of arn:aws:iam::123456789012:user/of-AKIA, with credentials from the program itself: ${said}; allow it kafka-cluster:Connect on the cluster, and check that the region is the cluster's`,
  })
})

test('without an STS that answers, the access key stands for the principal', async () => {
  const sts = await startFakeSts()
  await sts[Symbol.asyncDispose]()
  useSts(sts)
  const refused = brokerThat(denies('Access denied')).logIn(mskSasl(ownKeys))
  await expect(refused).rejects.toMatchObject({
    principal: undefined,
    message: expect.stringContaining(
      'the login of the access key AKIA, with credentials from the program itself',
    ),
  })
})

test.each<[number, string]>([
  [400_000, "this machine's clock is 400 s behind AWS's: set it right"],
  [-400_000, "this machine's clock is 400 s ahead of AWS's: set it right"],
  [1_000, 'allow it kafka-cluster:Connect'],
])('a clock that is %i ms off is what a refused login is explained by', async (aheadMs, remedy) => {
  // The date of an answer has whole seconds.
  const nowMs = Math.floor(Date.now() / 1000) * 1000
  await using sts = await startFakeSts({ nowMs: () => nowMs + aheadMs })
  useSts(sts)
  const warn = vi.fn<(fields: object, message: string) => void>()
  const log = { debug: vi.fn<() => void>(), warn }
  const login = mskSasl({ ...base, roleArn, log, clock: { nowMs: () => nowMs } })
  const broker = brokerThat(denies('Access denied'))
  await expect(broker.logIn(login)).rejects.toThrow(remedy)
  await expect(broker.logIn(login)).rejects.toThrow(remedy)
  expect(warn.mock.calls.map(([, message]) => message)).toEqual(remedy.includes('clock') ? [remedy] : [])
})

test.each<[string, object]>([
  ['Too many connects', { code: 'LOGIN_THROTTLED', canRetry: true, retriable: true, exitCode: 5 }],
  [
    'Session too short',
    { code: 'LOGIN_REFUSED', message: expect.stringMatching(/the credentials are at their end/) },
  ],
])('"%s" has its own meaning', async (words, expected) => {
  await using sts = await startFakeSts()
  useSts(sts)
  const refused = brokerThat(denies(`[${requestId}]: ${words}`)).logIn(mskSasl(ownKeys))
  await expect(refused).rejects.toMatchObject({ requestId, ...expected })
})

test.each(mechanisms)(
  '%s: after a refusal the credentials are asked for anew, not before',
  async (mechanism) => {
    await using sts = await startFakeSts()
    useSts(sts)
    const provide = vi.fn<() => Promise<AwsCredentials>>(() => Promise.resolve({ ...endingIn(3600) }))
    const login = mskSasl({ ...base, credentials: provide, mechanism })
    const taking = brokerThat(takes[mechanism])
    await taking.logIn(login)
    await taking.logIn(login)
    expect(provide).toHaveBeenCalledTimes(1)
    await expect(brokerThat(denies('Access denied')).logIn(login)).rejects.toThrow('refused')
    await taking.logIn(login)
    expect(provide).toHaveBeenCalledTimes(2)
  },
)

test('100 logins that are refused at once fetch the credentials once', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  const login = mskSasl({ ...base, roleArn })
  const refusing = brokerThat(denies('Access denied'))
  await Promise.allSettled(Array.from({ length: 100 }, () => refusing.logIn(login)))
  await brokerThat(takes.OAUTHBEARER).logIn(login)
  expect(sts.calls.map(({ action }) => action).toSorted()).toEqual([
    'AssumeRole',
    'AssumeRole',
    'GetCallerIdentity',
  ])
})

test.each<[string, () => string]>([
  ['a lost connection', () => saysError('', 'Closed connection')],
  [
    'ILLEGAL_SASL_STATE',
    () => saysError('ILLEGAL_SASL_STATE', 'Request is not valid given the current SASL state'),
  ],
])('%s is no refusal: kafkajs gets it as it is, and the credentials are kept', async (_, answer) => {
  const provide = vi.fn<() => Promise<AwsCredentials>>(() => Promise.resolve(keys))
  const login = mskSasl({ ...base, credentials: provide })
  await expect(brokerThat(answer).logIn(login)).rejects.not.toHaveProperty('code')
  await brokerThat(takes.OAUTHBEARER).logIn(login)
  expect(provide).toHaveBeenCalledTimes(1)
})

test('what a broker says is shown as one short line', async () => {
  await using sts = await startFakeSts()
  useSts(sts)
  const refused = brokerThat(denies(`a\u001b[31m\nb${'x'.repeat(1000)}`)).logIn(mskSasl(ownKeys))
  await expect(refused).rejects.toThrow(/: a \[31m bx{140,}…; allow it/)
})
