import { readFile } from 'node:fs/promises'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { type MskSasl, mskSasl } from '@pinpipe/msk-auth/msk-sasl'
import { afterEach, beforeEach, describe, expect, vi } from 'vitest'
import { openAdmin } from './admin.ts'
import { type KafkaLog } from './connection.ts'
import { openConsumer } from './consumer.ts'
import { openProducer } from './producer.ts'
import { errorOf } from './testing/connection-error.ts'
import { plainConnection } from './testing/kafka-topic.ts'
import { forwarder } from './testing/tcp-server.ts'

const secret = `secret-${unique('canary')}`

function mskLoginWith(credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }>): MskSasl {
  return mskSasl({ region: 'eu-west-1', clientId: 'test', credentials })
}

beforeEach(() => {
  // Nobody is asked for the principal of a refused login.
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1')
})

afterEach(() => {
  vi.unstubAllEnvs()
})

const restricted = (kafka: {
  listeners: { saslPlain: string }
  restrictedUser: { username: string; password: string }
}) => ({
  ...plainConnection(kafka.listeners.saslPlain),
  sasl: { mechanism: 'plain' as const, ...kafka.restrictedUser },
})

describe('what is wrong with a connection is said in one sentence', () => {
  stackTest('plaintext to a TLS port', async ({ kafka }) => {
    const error = await errorOf(plainConnection(kafka.listeners.tls))
    expect(error).toMatchObject({ exitCode: 5 })
    expect(error.message).toContain(`${kafka.listeners.tls} speaks TLS on this port; use --tls`)
  })

  stackTest('a certificate of an authority that is not known', async ({ kafka }) => {
    const error = await errorOf({ ...plainConnection(kafka.listeners.tls), tls: {} })
    expect(error).toMatchObject({ code: 'TLS_FAILED', exitCode: 5 })
    expect(error.message).toContain('not trusted here; give its CA file with --tls-ca')
  })

  stackTest('a certificate for another host name', async ({ kafka }) => {
    const ca = await readFile(kafka.tlsCa, 'utf8')
    await using other = await forwarder(kafka.listeners.tls)
    const error = await errorOf({ ...plainConnection(other.address), tls: { ca } })
    expect(error).toMatchObject({ code: 'TLS_FAILED', exitCode: 5 })
    expect(error.message).toContain('another host name')
  })

  stackTest.for(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'a wrong password (%s)',
    async (mechanism, { kafka }) => {
      const { username } = kafka.user
      const error = await errorOf({
        ...plainConnection(kafka.listeners.saslPlain),
        sasl: { mechanism, username, password: secret },
      })
      expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
      expect(error.message).toContain(
        `refused the login (${mechanism}); check KAFKA_USERNAME, KAFKA_PASSWORD`,
      )
      expect(JSON.stringify([error.message, error.stack, String(error.cause)])).not.toContain(secret)
    },
  )

  stackTest('K3: an OAUTHBEARER token that the broker answers with a challenge', async ({ kafka }) => {
    const error = await errorOf({
      ...plainConnection(kafka.listeners.saslPlain),
      sasl: {
        mechanism: 'msk-iam',
        login: mskLoginWith(() => Promise.resolve({ accessKeyId: 'AKIAX', secretAccessKey: secret })),
      },
    })
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
    expect(error.message).toContain(
      'the broker refused the login of the access key AKIAX, with credentials from the program itself: invalid_token',
    )
    expect(error.message).not.toContain(secret)
  })

  stackTest('an error of the credentials keeps its sentence and exit code', async ({ kafka }) => {
    const error = await errorOf({
      ...plainConnection(kafka.listeners.saslPlain),
      sasl: {
        mechanism: 'msk-iam',
        login: mskLoginWith(() => Promise.reject(new Error('nobody is logged in'))),
      },
    })
    expect(error).toMatchObject({ code: 'AUTHENTICATION_FAILED', exitCode: 4 })
    expect(error.message).toContain(
      'no AWS credentials from the program itself: nobody is logged in; set AWS_PROFILE',
    )
  })

  stackTest('no login on a port that wants one', async ({ kafka }) => {
    const error = await errorOf(plainConnection(kafka.listeners.saslPlain))
    expect(error).toMatchObject({ exitCode: 5 })
    expect(error.message).toContain('closed the connection; try again; if it stays, the port may want')
  })
})

describe('every way to log in works', () => {
  stackTest.for(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    '%s over TLS',
    async (mechanism, { kafka }) => {
      const ca = await readFile(kafka.tlsCa, 'utf8')
      await using admin = await openAdmin({
        ...plainConnection(kafka.listeners.saslTls),
        tls: { ca },
        sasl: { mechanism, ...kafka.user },
      })
      expect((await admin.cluster()).brokers).toHaveLength(1)
    },
  )

  stackTest('a client certificate', async ({ kafka }) => {
    const [ca, cert, key] = await Promise.all(
      [kafka.tlsCa, kafka.tlsClient.cert, kafka.tlsClient.key].map((path) => readFile(path, 'utf8')),
    )
    await using admin = await openAdmin({
      ...plainConnection(kafka.listeners.tls),
      tls: { ca: ca!, cert: cert!, key: key! },
    })
    expect((await admin.cluster()).brokers).toHaveLength(1)
  })
})

function lacks(right: string): object {
  const message = expect.stringContaining(`; grant it ${right}`) as unknown
  return { code: 'AUTHORIZATION_FAILED', exitCode: 4, message }
}

describe('what a login may not do', () => {
  stackTest('the producer says that the topic is not allowed', async ({ kafka }) => {
    const topic = unique('denied')
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    await admin.createTopics([{ topic }])
    const opening = openProducer(restricted(kafka)).then((producer) => producer.partitionCount(topic))
    await expect(opening).rejects.toMatchObject(lacks('IDEMPOTENT_WRITE on the cluster'))
  })

  stackTest('the admin says that the cluster or the topic is not allowed', async ({ kafka }) => {
    await using admin = await openAdmin(restricted(kafka))
    const topic = unique('denied')
    await expect(admin.createTopics([{ topic }])).rejects.toMatchObject(lacks('CREATE on the topic'))
    await expect(admin.describeTopics([topic])).rejects.toMatchObject(lacks('DESCRIBE on the topic'))
  })

  stackTest('the consumer says that the group is not allowed', async ({ kafka }) => {
    const topic = unique('read')
    await using admin = await openAdmin(plainConnection(kafka.bootstrapServers))
    await admin.createTopics([{ topic }])
    const grant = [
      '--add',
      '--allow-principal',
      `User:${kafka.restrictedUser.username}`,
      '--operation',
      'Read',
    ]
    const acl = await runJavaTool('kafka-acls', [
      '--bootstrap-server',
      kafka.bootstrapServers,
      ...grant,
      '--topic',
      topic,
    ])
    expect(acl.code).toBe(0)
    await using consumer = await openConsumer(restricted(kafka), {
      groupId: unique('denied'),
      topics: [topic],
    })
    const running = consumer.run({ assigned: noop, revoked: noop, batch: noop })
    await expect(running).rejects.toMatchObject(lacks('DESCRIBE on the group'))
  })
})

stackTest("kafkajs's own lines reach the log at debug only, without secrets", async ({ kafka }) => {
  const lines: string[] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push(`${level} ${JSON.stringify(fields)} ${message}`)
  }
  const log: KafkaLog = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const { username } = kafka.user
  await errorOf({
    ...plainConnection(kafka.listeners.saslPlain),
    sasl: { mechanism: 'plain', username, password: secret },
    log,
  })
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.filter((line) => !line.startsWith('debug '))).toEqual([])
  expect(lines.join('\n')).not.toContain(secret)
})

const noop = (): Promise<void> => Promise.resolve()
