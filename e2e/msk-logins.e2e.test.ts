/** Logins to MSK that are not taken: one sentence each, and patience only where it helps. */

import { openReadOnlyAdmin } from '@pinpipe/kafka/admin'
import { type KafkaConnection } from '@pinpipe/kafka/connection'
import { type KafkaError } from '@pinpipe/kafka/errors'
import { type MskIamOptions } from '@pinpipe/embedded-kafka/msk-iam'
import { mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, test, vi } from 'vitest'
import { clusterArn, type Msk, roleArn, runner, startMsk } from './msk.ts'

const mechanisms = ['msk-iam', 'aws-msk-iam'] as const
const requestId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** May do something, but not connect. */
const nobody = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kafka-cluster:DescribeTopic', Resource: clusterArn }],
}

afterEach(() => {
  vi.unstubAllEnvs()
})

/** The broker and an STS that this process asks. */
async function mskWith(iam: Partial<MskIamOptions> = {}): Promise<Msk> {
  const msk = await startMsk({ roles: { nobody }, iam })
  vi.stubEnv('AWS_ENDPOINT_URL_STS', msk.sts.url)
  return msk
}

async function errorOf(connection: KafkaConnection): Promise<KafkaError> {
  return await openReadOnlyAdmin(connection).then(
    async (admin) => {
      await admin[Symbol.asyncDispose]()
      throw new Error('it logged in')
    },
    (error: unknown) => error as KafkaError,
  )
}

function withWrongKey(msk: Msk, auth: (typeof mechanisms)[number]): KafkaConnection {
  const mechanism = auth === 'msk-iam' ? 'OAUTHBEARER' : 'AWS_MSK_IAM'
  const wrong = { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'stolen' }
  const login = mskSasl({
    region: 'eu-west-1',
    clientId: 'test',
    mechanism,
    credentials: () => Promise.resolve(wrong),
  })
  return { ...msk.connection(), sasl: { mechanism: auth, login } }
}

test.each(mechanisms)(
  "%s: a wrong key is refused with MSK's request id, and the broker knows why",
  async (auth) => {
    await using msk = await mskWith()
    const { message, ...error } = await errorOf(withWrongKey(msk, auth))
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
    expect(message).toMatch(
      /^could not connect to Kafka: the broker refused the login of the access key AKIAOPERATOR, with credentials from the program itself: Access denied \(request id /,
    )
    expect(message).toMatch(requestId)
    expect(message).not.toContain('stolen')
    expect(msk.iam.refusals).toEqual(['wrong-signature'])
  },
)

test("K3: Apache Kafka's way to refuse is the same error, which kafkajs alone takes for a login", async () => {
  await using msk = await mskWith({ failureShape: 'apache' })
  const refused = withWrongKey(msk, 'msk-iam')
  expect((await errorOf(refused)).message).toMatch(
    /refused the login of the access key AKIAOPERATOR, .*: invalid_token;/,
  )
  const bare = new Kafka({
    clientId: 'bare',
    brokers: [...refused.brokers],
    ssl: refused.tls === false ? false : { ca: refused.tls.ca ?? '' },
    sasl: { mechanism: 'oauthbearer', oauthBearerProvider: () => Promise.resolve({ value: 'nonsense' }) },
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  }).admin()
  await expect(bare.connect()).resolves.toBeUndefined()
  await bare.disconnect()
})

test('a role that may not connect is named by its session', async () => {
  await using msk = await mskWith()
  const login = { credentials: () => Promise.resolve(runner), roleArn: roleArn('nobody') }
  const { message } = await errorOf(msk.connection(login))
  expect(message).toContain('assumed-role/nobody/pinpipe-test')
  expect(message).toContain('kafka-cluster:Connect on the cluster')
})

test('a cluster without OAUTHBEARER is entered by AWS_MSK_IAM, and the error says so', async () => {
  await using msk = await mskWith({ mechanisms: ['AWS_MSK_IAM'] })
  const { message } = await errorOf(msk.connection())
  expect(message).toContain('does not offer the login msk-iam; use --auth aws-msk-iam')
})

test('K5: sessions of less than two seconds are refused with a sentence', async () => {
  await using msk = await mskWith({ maxSessionMs: 1_500 })
  expect(await errorOf(msk.connection())).toMatchObject({
    code: 'AUTHENTICATION_FAILED',
    message: expect.stringContaining('lets a login live for less than 2 s; raise connections.max.reauth.ms'),
  })
})

test('"Session too short" says that the credentials are at their end', async () => {
  await using msk = await mskWith({ shortestSessionMs: 20 * 60_000 })
  expect((await errorOf(msk.connection())).message).toMatch(
    /Session too short.*; the credentials are at their end/,
  )
})

test('K15: "Too many connects" is waited out', async () => {
  await using msk = await mskWith({ connectsPerSecond: 1 })
  const connection = msk.connection()
  const topics = await Promise.all(
    [1, 2].map(async () => {
      await using admin = await openReadOnlyAdmin(connection)
      return await admin.listTopics()
    }),
  )
  expect(topics).toEqual([[], []])
})

test('a clock that is wrong is what the error ends with', async () => {
  await using msk = await mskWith({ skewMs: 10 * 60_000 })
  const { message } = await errorOf(withWrongKey(msk, 'msk-iam'))
  expect(message).toMatch(/this machine's clock is (599|600|601) s behind AWS's: set it right$/)
})
