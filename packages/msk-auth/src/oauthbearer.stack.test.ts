import { nodeProgram } from '@pinpipe/local-stack/environment'
import { type KafkaFacts, startKafka } from '@pinpipe/local-stack/kafka'
import { fetchJars } from '@pinpipe/local-stack/maven-jars'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, vi } from 'vitest'
import { type AwsCredentials } from './credentials.ts'
import { mskSasl } from './msk-sasl.ts'
import { mskTokenProvider } from './token-provider.ts'

const run = promisify(execFile)
const credentials: AwsCredentials = {
  accessKeyId: 'AKIASTACK',
  secretAccessKey: 'secret/of+the=stack',
  sessionToken: 'a+session/token==',
}

// Which of the two depends on whether the broker hangs up before or after the next request is sent.
const loginRefused = /Closed connection|No brokers in the broker pool/

const client = { region: 'eu-west-1', clientId: 'stack-test' } as const

/** With kafkajs's own OAUTHBEARER. */
function clientOf(brokers: string, given: AwsCredentials): Kafka {
  const oauthBearerProvider = mskTokenProvider({ ...client, credentials: () => Promise.resolve(given) })
  return clientWith(brokers, { mechanism: 'oauthbearer', oauthBearerProvider })
}

function clientWith(brokers: string, sasl: NonNullable<KafkaConfig['sasl']>): Kafka {
  return new Kafka({
    clientId: client.clientId,
    brokers: brokers.split(','),
    sasl,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  })
}

stackTest(
  'K3: a broker that takes other tokens only lets connect() pass, and the first request fails',
  async ({ kafka }) => {
    const admin = clientOf(kafka.listeners.saslPlain, credentials).admin()
    // Apache Kafka answers error 0 and an RFC 7628 challenge, which kafkajs takes for a success.
    await expect(admin.connect()).resolves.toBeUndefined()
    await expect(admin.listTopics()).rejects.toThrow(loginRefused)
    await admin.disconnect()
  },
)

stackTest(
  'a broker that signs again takes the token of a right key, and refuses a wrong key',
  { timeout: 180_000 },
  // The fixture is asked for so that the test is skipped where Kafka cannot start.
  async ({ kafka }) => {
    expect(kafka.listeners.saslPlain).not.toBe('')
    const folder = await mkdtemp(join(tmpdir(), 'pinpipe-validator-'))
    try {
      const agent = await validatorAgent(folder)
      const handler = 'oauthbearer.sasl.server.callback.handler.class'
      await using own = await startKafka({
        topics: [{ topic: 'seen', partitions: 1 }],
        properties: {
          [`listener.name.sasl_plain.${handler}`]: 'MskTokenValidator',
          [`listener.name.sasl_tls.${handler}`]: 'MskTokenValidator',
          'allow.everyone.if.no.acl.found': 'true',
        },
        jvm: ['-Xmx512m', `-javaagent:${agent}`, `-Dmsk.secret=${credentials.secretAccessKey}`],
      })
      const admin = clientOf(own.listeners.saslPlain, credentials).admin()
      await admin.connect()
      await expect(admin.listTopics()).resolves.toContain('seen')
      await admin.disconnect()

      const expiring = { ...credentials, expiration: new Date(Date.now() + 90_500) }
      const short = clientOf(own.listeners.saslPlain, expiring).admin()
      await short.connect()
      await expect(short.listTopics()).resolves.toContain('seen')
      await short.disconnect()

      const wrong = { ...credentials, secretAccessKey: 'another' }
      const unread = clientOf(own.listeners.saslPlain, wrong).admin()
      await unread.connect()
      await expect(unread.listTopics()).rejects.toThrow(loginRefused)
      await unread.disconnect()

      vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1')
      const login = mskSasl({ ...client, credentials: () => Promise.resolve(wrong) })
      const read = clientWith(own.listeners.saslPlain, login).admin()
      await expect(read.connect()).rejects.toThrow('the broker refused the login of the access key AKIASTACK')
      await read.disconnect()
      vi.unstubAllEnvs()

      expect(await runReadmeExample(own)).toContain("'seen'")
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

/** Runs the README's example as it stands, with Node and nothing else. */
async function runReadmeExample(kafka: KafkaFacts): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const env = {
    KAFKA_BROKERS: kafka.listeners.saslTls,
    NODE_EXTRA_CA_CERTS: kafka.tlsCa,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  const { stdout } = await run(nodeProgram, ['--input-type=module-typescript', '--eval', example], {
    cwd: join(import.meta.dirname, '..'),
    env,
    timeout: 30_000,
  })
  return stdout
}

/** Compiles the broker's side. A Java agent is the way onto the class path of a broker that is started by others. */
async function validatorAgent(folder: string): Promise<string> {
  const jars = await fetchJars('4.1')
  const source = join(import.meta.dirname, 'fixtures/MskTokenValidator.java')
  await run('javac', ['-cp', join(jars, '*'), '-d', join(folder, 'classes'), source])
  await writeFile(join(folder, 'manifest'), 'Premain-Class: MskTokenValidator\n')
  const agent = join(folder, 'validator.jar')
  await run('jar', ['cfm', agent, join(folder, 'manifest'), '-C', join(folder, 'classes'), '.'])
  return agent
}
