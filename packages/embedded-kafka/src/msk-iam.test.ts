import { signFirstMessage } from '@pinpipe/msk-auth/first-message'
import { signToken } from '@pinpipe/msk-auth/token'
import { expect, test } from 'vitest'
import { createTopics } from './api/create-topics.ts'
import { metadata } from './api/metadata.ts'
import { saslAuthenticate } from './api/sasl-authenticate.ts'
import { saslHandshake } from './api/sasl-handshake.ts'
import { startEmbeddedKafka } from './embedded-kafka.ts'
import { errorCode } from './error-codes.ts'
import { ManualClock } from './manual-clock.ts'
import { type IamUser, type MskIamOptions, mskIam } from './msk-iam.ts'
import { alice, clusterArn, everything, nothing, region } from './testing/iam-account.ts'
import { HungUp, WireClient } from './testing/wire-client.ts'

type Login = { readonly user?: IamUser; readonly mechanism?: 'OAUTHBEARER' | 'AWS_MSK_IAM' }

/** A broker with IAM, and how to log in to it. */
async function openMsk(options: Partial<MskIamOptions> = {}) {
  const clock = new ManualClock()
  const iam = mskIam({ clusterArn, users: [alice], clock, ...options })
  const kafka = await startEmbeddedKafka({ clock, logins: iam })
  const connect = (): Promise<WireClient> => WireClient.open(kafka.bootstrapServers)
  const logIn = async (client: WireClient, { user = alice, mechanism = 'OAUTHBEARER' }: Login = {}) => {
    const handshake = await client.call(saslHandshake, { mechanism })
    expect(handshake.errorCode).toBe(errorCode.NONE)
    const message =
      mechanism === 'OAUTHBEARER'
        ? `n,,\u0001auth=Bearer ${(await signToken(region, user, clock.now())).value}\u0001\u0001`
        : await signFirstMessage('127.0.0.1', region, user, clock.now())
    return await client.call(saslAuthenticate, { authBytes: Buffer.from(message) })
  }
  return { iam, kafka, clock, connect, logIn, [Symbol.asyncDispose]: () => kafka.close() }
}

const bob: IamUser = { ...alice, accessKeyId: 'AKIABOB', policies: [nothing] }
const refused = (sentence: string) => ({
  errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
  errorMessage: expect.stringMatching(new RegExp(`^\\[[0-9a-f-]{36}\\]: ${sentence}$`)) as string,
})

test.for([
  ['OAUTHBEARER', /^$/],
  ['AWS_MSK_IAM', /^{"version":"2020_10_22","request-id":"[0-9a-f-]{36}"}$/],
] as const)('%s lets in for the life of the login', async ([mechanism, answer]) => {
  await using msk = await openMsk()
  await using client = await msk.connect()
  const { errorCode: code, authBytes, sessionLifetimeMs } = await msk.logIn(client, { mechanism })
  expect(code).toBe(errorCode.NONE)
  // It was signed in this second, for 900.
  expect(Number(sessionLifetimeMs)).toBeGreaterThan(899_000)
  expect(Number(sessionLifetimeMs)).toBeLessThanOrEqual(900_000)
  expect(authBytes.toString()).toMatch(answer)
  expect((await client.call(metadata, { topics: null })).brokers).toHaveLength(1)
  msk.clock.advance(900_000)
  await expect(client.call(metadata, { topics: null })).rejects.toBeInstanceOf(HungUp)
})

test.for(['OAUTHBEARER', 'AWS_MSK_IAM'] as const)(
  '%s refuses as MSK does, and keeps the reason',
  async (mechanism) => {
    await using msk = await openMsk()
    await using client = await msk.connect()
    const user = { ...alice, secretAccessKey: 'guessed' }
    expect(await msk.logIn(client, { mechanism, user })).toMatchObject(refused('Access denied'))
    expect(msk.iam.refusals).toEqual(['wrong-signature'])
    await expect(client.call(metadata, { topics: null })).rejects.toBeInstanceOf(HungUp)
  },
)

test('OAUTHBEARER can refuse as Apache Kafka does: by a challenge, and an error after it', async () => {
  await using msk = await openMsk({ failureShape: 'apache' })
  await using client = await msk.connect()
  const { errorCode: code, authBytes } = await msk.logIn(client, {
    user: { ...alice, accessKeyId: 'AKIANOBODY' },
  })
  expect(code).toBe(errorCode.NONE)
  expect(JSON.parse(authBytes.toString())).toEqual({ status: 'invalid_token' })
  expect(await client.call(saslAuthenticate, { authBytes: Buffer.from('\u0001') })).toMatchObject({
    errorCode: errorCode.SASL_AUTHENTICATION_FAILED,
    errorMessage: '{"status":"invalid_token"}',
  })
})

test('a role without Connect is not let in', async () => {
  await using msk = await openMsk({ users: [alice, bob] })
  await using client = await msk.connect()
  expect(await msk.logIn(client, { user: bob })).toMatchObject(refused('Access denied'))
})

test('an old cluster has no OAUTHBEARER', async () => {
  await using msk = await openMsk({ mechanisms: ['AWS_MSK_IAM'] })
  await using client = await msk.connect()
  expect(await client.call(saslHandshake, { mechanism: 'OAUTHBEARER' })).toEqual({
    errorCode: errorCode.UNSUPPORTED_SASL_MECHANISM,
    mechanisms: ['AWS_MSK_IAM'],
  })
})

test('too many connections in a second are refused, re-authentications are not', async () => {
  await using msk = await openMsk({ connectsPerSecond: 2 })
  await using first = await msk.connect()
  await using second = await msk.connect()
  await using third = await msk.connect()
  expect((await msk.logIn(first)).errorCode).toBe(errorCode.NONE)
  expect((await msk.logIn(second)).errorCode).toBe(errorCode.NONE)
  expect(await msk.logIn(third)).toMatchObject(refused('Too many connects'))
  expect((await msk.logIn(first)).errorCode).toBe(errorCode.NONE)
  msk.clock.advance(1_000)
  await using fourth = await msk.connect()
  expect((await msk.logIn(fourth)).errorCode).toBe(errorCode.NONE)
})

test('credentials that end too soon are refused', async () => {
  const clock = new ManualClock()
  const user = { ...alice, sessionToken: 'token', expiresAtMs: clock.now() + 4_000 }
  await using msk = await openMsk({ clock, users: [user], shortestSessionMs: 5_000 })
  await using client = await msk.connect()
  expect(await msk.logIn(client, { user })).toMatchObject(refused('Session too short'))
})

test('a client whose clock is wrong by more than five minutes is refused', async () => {
  await using behind = await openMsk({ skewMs: 16 * 60_000 })
  await using client = await behind.connect()
  expect(await behind.logIn(client)).toMatchObject(refused('Access denied'))
  await using ahead = await openMsk({ skewMs: -6 * 60_000 })
  await using other = await ahead.connect()
  expect(await ahead.logIn(other)).toMatchObject(refused('Access denied'))
  expect([behind.iam.refusals, ahead.iam.refusals]).toEqual([['expired'], ['from-the-future']])
})

const topicArn = (name: string): string => clusterArn.replace(':cluster/', ':topic/') + `/${name}`

const wish = (name: string) => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
})

const statement = (Effect: 'Allow' | 'Deny', Action: string, name: string) => ({
  Effect,
  Action,
  Resource: topicArn(name),
})

test('policies decide by the ARN of the topic, and the denial names what is missing', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'kafka-cluster:Connect', Resource: clusterArn },
      statement('Allow', 'kafka-cluster:*Topic', 'a.*'),
      statement('Deny', 'kafka-cluster:CreateTopic', 'a.secret'),
    ],
  }
  await using msk = await openMsk({ users: [{ ...alice, policies: [policy] }] })
  await using client = await msk.connect()
  await msk.logIn(client)
  const { topics } = await client.call(createTopics, {
    topics: [wish('a.pin'), wish('a.secret'), wish('b.pin')],
    timeoutMs: 1_000,
  })
  expect(topics.map(({ name, errorCode: code, errorMessage }) => [name, code, errorMessage])).toEqual([
    ['a.pin', errorCode.NONE, null],
    ['a.secret', errorCode.TOPIC_AUTHORIZATION_FAILED, 'Authorization failed.'],
    ['b.pin', errorCode.TOPIC_AUTHORIZATION_FAILED, 'Authorization failed.'],
  ])
  const lacked = { principal: alice.arn, call: 'CreateTopics', action: 'CreateTopic' }
  expect(msk.kafka.denials).toEqual([
    { ...lacked, name: 'a.secret' },
    { ...lacked, name: 'b.pin' },
  ])
})

test('a policy that IAM would refuse, and an ARN of no cluster, are errors at once', () => {
  const wrong = { ...everything, Statement: [{ Effect: 'Maybe' }] }
  expect(() => mskIam({ clusterArn, users: [{ ...alice, policies: [wrong] }] })).toThrow('Effect')
  expect(() => mskIam({ clusterArn: 'arn:aws:s3:::a', users: [] })).toThrow(
    'is not the ARN of an MSK cluster',
  )
})
