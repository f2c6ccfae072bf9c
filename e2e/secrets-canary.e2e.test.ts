/**
 * No secret is ever printed: unique secrets in every place where one can be given, at LOG_LEVEL=trace, in runs that work
 * and in runs that fail, against servers that repeat what they were sent. All output is searched for each secret.
 * Long because every place for a secret is a case here.
 */
// oxlint-disable vitest/no-standalone-expect -- the rule does not know `stackTest.concurrent`
import { createPrivateKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { sampleTablesSql } from '@pinpipe/local-stack/sample-tables'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { createConnection } from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { brokenS3, closedAddress } from './broken-servers.ts'
import { createTopics } from './kafka.ts'
import { runApp, startApp, type App, type AppRun } from './run-app.ts'
import { canary, plainCanary, searchFor, type Secrets } from './secrets-canary.ts'
import { propertiesFile, temporaryFolder } from './unhappy-paths.ts'

const traced = { LOG_LEVEL: 'trace', AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null' }

/** Runs an app at the most talkative level; fails when its output holds one of the secrets. */
async function expectSilence(
  app: App,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly secrets: Secrets
    readonly exit: number
  },
): Promise<AppRun> {
  const env = { ...traced, AWS_SHARED_CREDENTIALS_FILE: '/dev/null', ...options.env }
  const run = await runApp(app, args, { env })
  expectNone(run.stdout + run.stderr, options.secrets)
  expect(run.exit).toBe(options.exit)
  return run
}

function expectNone(text: string, secrets: Secrets): void {
  // The parts of a signed MSK token: neither it nor the URL that it is made of may be printed.
  const all = { ...secrets, 'a signed URL': 'X-Amz-Signature=', 'an MSK token': '&User-Agent=' }
  expect(text).not.toBe('')
  expect(searchFor(all)(text)).toEqual([])
}

const plainLogin = 'org.apache.kafka.common.security.plain.PlainLoginModule'

describe('secrets of Kafka', () => {
  stackTest.concurrent.for(['plain', 'scram-sha-512'] as const)(
    'KAFKA_PASSWORD with %s: right, wrong, and nobody to send it to',
    async (auth, { securedKafka: kafka }) => {
      const wrong = canary('kafka')
      const args = ['list', '--auth', auth, '--tls-ca', kafka.tlsCa, '--brokers']
      const login = { KAFKA_USERNAME: kafka.user.username, KAFKA_PASSWORD: kafka.user.password }
      const run = await expectSilence('topic-admin', [...args, kafka.listeners.saslTls], {
        env: login,
        secrets: { right: kafka.user.password },
        exit: 0,
      })
      // The log was on, and kafkajs took part in it.
      expect(run.stderr).toContain('"level":"debug"')
      const failing = { env: { ...login, KAFKA_PASSWORD: wrong }, secrets: { wrong } }
      const refused = await expectSilence('topic-admin', [...args, kafka.listeners.saslTls], {
        ...failing,
        exit: 4,
      })
      expect(refused.stderr).toContain('"kafkajs":')
      expect(refused.stderr).toContain('    at ')
      await expectSilence('topic-admin', [...args, await closedAddress()], { ...failing, exit: 5 })
    },
  )

  stackTest.concurrent.for([
    ['right', 0],
    ['wrong', 4],
  ] as const)('a %s password in sasl.jaas.config', async ([which, exit], { securedKafka: kafka }) => {
    const password = which === 'right' ? kafka.user.password : canary('jaas')
    const escaped = password.replaceAll('"', String.raw`\\"`)
    await using file = await propertiesFile([
      'security.protocol=SASL_PLAINTEXT',
      'sasl.mechanism=PLAIN',
      `sasl.jaas.config=${plainLogin} required username="${kafka.user.username}" password="${escaped}";`,
    ])
    const args = ['list', '--brokers', kafka.listeners.saslPlain, '--command-config', file.path]
    await expectSilence('topic-admin', args, { secrets: { password }, exit })
  })

  test.concurrent.for([
    ['without its end', (password: string) => `${plainLogin} required username="u" password="${password}"`],
    [
      'with a quote too many',
      (password: string) => `${plainLogin} required username="u" password="" ${password}";`,
    ],
    [
      'with an unknown option',
      (password: string) => `${plainLogin} required username="u" pass_word="${password}";`,
    ],
    ['of another module', (password: string) => `com.example.${password} required;`],
    ['with a broken escape', (password: string) => String.raw`${plainLogin} \u12z${password};`],
  ] as const)('sasl.jaas.config %s', async ([, valueOf]) => {
    const password = plainCanary('jaas')
    await using file = await propertiesFile([
      'security.protocol=SASL_SSL',
      'sasl.mechanism=PLAIN',
      `sasl.jaas.config=${valueOf(password)}`,
    ])
    const args = ['list', '--brokers', '127.0.0.1:1', '--command-config', file.path]
    await expectSilence('topic-admin', args, { secrets: { password }, exit: 64 })
  })

  stackTest.concurrent.for([
    ['right', 0],
    ['wrong', 5],
  ] as const)('a key and its %s ssl.key.password', async ([which, exit], { securedKafka: kafka }) => {
    const [key, certificate] = await Promise.all(
      [kafka.tlsClient.key, kafka.tlsClient.cert].map((path) => readFile(path, 'utf8')),
    )
    const passphrase = plainCanary('key')
    const encrypted = createPrivateKey(key ?? '')
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString()
    const given = which === 'right' ? passphrase : plainCanary('key')
    await using file = await propertiesFile([
      'security.protocol=SSL',
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${kafka.tlsCa}`,
      'ssl.keystore.type=PEM',
      `ssl.keystore.key=${oneLine(encrypted)}`,
      `ssl.keystore.certificate.chain=${oneLine(certificate ?? '')}`,
      `ssl.key.password=${given}`,
    ])
    const args = ['list', '--brokers', kafka.listeners.tls, '--command-config', file.path]
    await expectSilence('topic-admin', args, {
      secrets: { passphrase, given, key: encrypted.split('\n')[2] ?? '' },
      exit,
    })
  })
})

describe('secrets of AWS', () => {
  stackTest.concurrent(
    'keys and session for msk-iam, and the token made of them',
    async ({ securedKafka: kafka }) => {
      const secrets = { key: canary('aws'), session: canary('session') }
      const args = ['--auth', 'msk-iam', '--region', 'eu-west-1', '--tls-ca', kafka.tlsCa]
      for (const broker of [kafka.listeners.saslTls, await closedAddress()])
        // oxlint-disable-next-line no-await-in-loop -- one app after the other
        await expectSilence(
          'producer',
          ['--source', 'generate:1', '--topic-prefix', 'p', '--brokers', broker, ...args],
          {
            env: {
              AWS_ACCESS_KEY_ID: 'AKIDCANARY',
              AWS_SECRET_ACCESS_KEY: secrets.key,
              AWS_SESSION_TOKEN: secrets.session,
            },
            secrets,
            exit: broker === kafka.listeners.saslTls ? 4 : 5,
          },
        )
    },
  )

  stackTest.concurrent(
    'keys in a shared file, and an STS that repeats what it got',
    async ({ securedKafka: kafka }) => {
      const secrets = { key: plainCanary('aws'), session: plainCanary('session') }
      await using folder = await temporaryFolder()
      const credentials = join(folder.path, 'credentials')
      await writeFile(
        credentials,
        `[canary]\naws_access_key_id=AKIDCANARY\naws_secret_access_key=${secrets.key}\naws_session_token=${secrets.session}\n`,
      )
      await using sts = await brokenS3(echo)
      const role = ['--role-arn', 'arn:aws:iam::123456789012:role/canary', '--profile', 'canary']
      await expectSilence(
        'topic-admin',
        [
          'list',
          '--brokers',
          kafka.listeners.saslTls,
          '--tls-ca',
          kafka.tlsCa,
          '--auth',
          'msk-iam',
          '--region',
          'eu-west-1',
          ...role,
        ],
        {
          env: { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_ENDPOINT_URL_STS: `http://${sts.address}` },
          secrets,
          exit: 4,
        },
      )
      expect(sts.calls()).toBeGreaterThan(0)
    },
  )

  stackTest.concurrent(
    'a web identity token, and an STS that repeats it',
    async ({ securedKafka: kafka }) => {
      const token = plainCanary('identity')
      await using folder = await temporaryFolder()
      const file = join(folder.path, 'token')
      await writeFile(file, token)
      await using sts = await brokenS3(echo)
      await expectSilence(
        'consumer',
        [
          '--topics',
          'a',
          '--group',
          'g',
          '--lake',
          `dir:${folder.path}/lake`,
          '--brokers',
          kafka.listeners.saslTls,
          '--tls-ca',
          kafka.tlsCa,
          '--auth',
          'msk-iam',
          '--region',
          'eu-west-1',
        ],
        {
          env: {
            AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/canary',
            AWS_WEB_IDENTITY_TOKEN_FILE: file,
            AWS_ENDPOINT_URL_STS: `http://${sts.address}`,
          },
          secrets: { token },
          exit: 4,
        },
      )
      expect(sts.calls()).toBeGreaterThan(0)
    },
  )

  stackTest.concurrent('keys of a role in sasl.jaas.config', async ({ securedKafka: kafka }) => {
    const secrets = { key: plainCanary('role'), session: plainCanary('session') }
    await using sts = await brokenS3(echo)
    await using file = await propertiesFile([
      'security.protocol=SASL_SSL',
      'sasl.mechanism=OAUTHBEARER',
      `sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required awsRoleArn="arn:aws:iam::123456789012:role/canary" awsRoleAccessKeyId="AKIDCANARY" awsRoleSecretAccessKey="${secrets.key}" awsRoleSessionToken="${secrets.session}";`,
      'sasl.login.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler',
    ])
    await expectSilence(
      'topic-admin',
      [
        'list',
        '--brokers',
        kafka.listeners.saslTls,
        '--tls-ca',
        kafka.tlsCa,
        '--region',
        'eu-west-1',
        '--command-config',
        file.path,
      ],
      { env: { AWS_ENDPOINT_URL_STS: `http://${sts.address}` }, secrets, exit: 4 },
    )
    expect(sts.calls()).toBeGreaterThan(0)
  })

  stackTest.concurrent(
    'keys of a profile for the lake, a role made of them, and servers that repeat them',
    async ({ kafka }) => {
      const secrets = { key: plainCanary('aws'), session: plainCanary('session') }
      const topic = unique('canary')
      await createTopics(kafka.bootstrapServers, [topic], 1)
      await using folder = await temporaryFolder()
      const credentials = join(folder.path, 'credentials')
      await writeFile(
        credentials,
        `[keys]\naws_access_key_id=AKIDCANARY\naws_secret_access_key=${secrets.key}\naws_session_token=${secrets.session}\n` +
          `[role]\nsource_profile=keys\nrole_arn=arn:aws:iam::123456789012:role/canary\n`,
      )
      await using s3 = await brokenS3(echo)
      await using sts = await brokenS3(echo)
      for (const [profile, asked] of [
        ['keys', s3],
        ['role', sts],
      ] as const) {
        const before = asked.calls()
        // oxlint-disable-next-line no-await-in-loop -- one app after the other
        await expectSilence(
          'consumer',
          [
            '--topics',
            topic,
            '--group',
            topic,
            '--brokers',
            kafka.bootstrapServers,
            '--until-end',
            '--lake',
            's3://lake',
          ],
          {
            env: {
              AWS_REGION: 'us-east-1',
              AWS_PROFILE: profile,
              AWS_SHARED_CREDENTIALS_FILE: credentials,
              AWS_ENDPOINT_URL_S3: `http://${s3.address}`,
              AWS_ENDPOINT_URL_STS: `http://${sts.address}`,
            },
            secrets,
            exit: 4,
          },
        )
        expect(asked.calls()).toBeGreaterThan(before)
      }
    },
  )

  stackTest.concurrent(
    'keys of the lake: right, wrong, and a store that repeats them',
    async ({ kafka, s3 }) => {
      const [topic, bucket] = [unique('canary'), unique('canary')]
      await createTopics(kafka.bootstrapServers, [topic], 1)
      await s3.createBucket(bucket)
      const args = [
        '--topics',
        topic,
        '--group',
        topic,
        '--brokers',
        kafka.bootstrapServers,
        '--until-end',
        '--lake',
        `s3://${bucket}`,
      ]
      await expectSilence('consumer', args, { env: s3.env, secrets: { right: s3.secretAccessKey }, exit: 0 })
      const wrong = canary('s3')
      await expectSilence('consumer', args, {
        env: { ...s3.env, AWS_SECRET_ACCESS_KEY: wrong },
        secrets: { wrong },
        exit: 4,
      })
      const secrets = { key: canary('s3'), session: plainCanary('session'), url: plainCanary('url') }
      await using stub = await brokenS3(echo)
      for (const [address, exit] of [
        [stub.address, 4],
        [await closedAddress(), 5],
      ] as const)
        // oxlint-disable-next-line no-await-in-loop -- one app after the other
        await expectSilence('consumer', args, {
          env: {
            AWS_REGION: 'us-east-1',
            AWS_ENDPOINT_URL_S3: `http://user:${secrets.url}@${address}`,
            AWS_ACCESS_KEY_ID: 'AKIDCANARY',
            AWS_SECRET_ACCESS_KEY: secrets.key,
            AWS_SESSION_TOKEN: secrets.session,
          },
          secrets,
          exit,
        })
      expect(stub.calls()).toBeGreaterThan(0)
    },
  )
})

describe('secrets of MySQL', () => {
  stackTest.concurrent('MYSQL_PASSWORD: right, wrong, and nobody to send it to', async ({ mariadb }) => {
    const url = await mariadb.createDatabase(unique('canary'))
    await loadSampleRows(url, mariadb.password)
    await expectSilence('producer', ['--source', url, '--out', 'stdout'], {
      env: { MYSQL_PASSWORD: mariadb.password },
      secrets: { right: mariadb.password },
      exit: 0,
    })
    const wrong = canary('mysql')
    for (const [source, exit] of [
      [url, 4],
      [`mysql://u@${await closedAddress()}/d`, 5],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- one app after the other
      await expectSilence('producer', ['--source', source, '--out', 'stdout'], {
        env: { MYSQL_PASSWORD: wrong },
        secrets: { wrong },
        exit,
      })
  })

  stackTest.concurrent(
    'a password in MYSQL_URL: right, wrong, and in URLs that are broken',
    async ({ mariadb }) => {
      const url = await mariadb.createDatabase(unique('canary'))
      await loadSampleRows(url, mariadb.password)
      const withPassword = (password: string): string => url.replace('@', `:${password}@`)
      const encoded = canary('url')
      const plain = plainCanary('url')
      for (const [source, secrets, exit] of [
        [withPassword(mariadb.password), { right: mariadb.password }, 0],
        [withPassword(encodeURIComponent(encoded)), { wrong: encoded }, 4],
        [`mysql://u:${plain}@127.0.0.1:1`, { plain }, 64],
        [`mysql://u:${plain}%zz@127.0.0.1/d`, { plain }, 64],
        [`mysql://u:${plain}@127.0.0.1:99999/d`, { plain }, 64],
        [`mysql://u:${plain}@127.0.0.1/d?x=1`, { plain }, 64],
        [`postgres://u:${plain}@127.0.0.1/d`, { plain }, 64],
      ] as const)
        // oxlint-disable-next-line no-await-in-loop -- one app after the other
        await expectSilence('producer', ['--out', 'stdout'], { env: { MYSQL_URL: source }, secrets, exit })
    },
  )
})

describe('secrets where they do not belong', () => {
  test.concurrent.for([
    ['topic-admin', ['list', '--password']],
    ['producer', ['--mysql-password']],
    ['consumer', ['--kafka-password']],
  ] as const)('%s, as a flag', async ([app, args]) => {
    const secret = plainCanary('flag')
    await expectSilence(app, [...args, secret], { secrets: { secret }, exit: 64 })
    await expectSilence(app, [...args.slice(0, -1), `${args.at(-1)}=${secret}`], {
      secrets: { secret },
      exit: 64,
    })
  })

  test.concurrent.for(['producer', 'consumer', 'topic-admin'] as const)('%s, in --help', async (app) => {
    const secret = plainCanary('help')
    await expectSilence(app, ['--help'], {
      env: { KAFKA_PASSWORD: secret, MYSQL_PASSWORD: secret, MYSQL_URL: `mysql://u:${secret}@h/d` },
      secrets: { secret },
      exit: 0,
    })
  })

  stackTest.concurrent('/status and /metrics of a run', async ({ mariadb }) => {
    const url = await mariadb.createDatabase(unique('canary'))
    await loadSampleRows(url, mariadb.password)
    const app = startApp(
      'producer',
      ['--out', 'stdout', '--rate', '1/s', '--metrics-port', '0', '--mode', 'random'],
      {
        env: { ...traced, MYSQL_URL: url.replace('@', `:${mariadb.password}@`) },
      },
    )
    await app.printed(/serving \/metrics/)
    await app.printed(/sending begins/)
    const served = /"url":"(http:[^"]+)"/.exec(app.output())?.[1] ?? ''
    const pages = await Promise.all(
      ['/status', '/metrics', '/readyz'].map(async (path) => await (await fetch(served + path)).text()),
    )
    app.signal('SIGTERM')
    const run = await app.done
    expectNone(pages.join('\n') + run.stdout + run.stderr, { password: mariadb.password })
    expect(pages.join('\n')).toContain('pinpipe_producer_')
  })
})

/** A PEM text as a value of client.properties. */
const oneLine = (pem: string): string => pem.trimEnd().replaceAll('\n', String.raw`\n`)

/** The three tables with ten posts, in an empty database. */
async function loadSampleRows(uri: string, password: string): Promise<void> {
  const connection = await createConnection({ uri, password, charset: 'utf8mb4' })
  try {
    // oxlint-disable-next-line no-await-in-loop -- one connection
    for (const statement of sampleTablesSql({ seed: 1, posts: 10 })) await connection.query(statement)
  } finally {
    await connection.end()
  }
}

/** A server that repeats, in its error, all that it was sent. */
function echo(request: IncomingMessage, response: ServerResponse, body: string): void {
  const sent = JSON.stringify([request.url, request.headers, body])
    .replaceAll('<', '&lt;')
    .replaceAll('&', '&amp;')
  response.writeHead(403, { 'content-type': 'application/xml' })
  response.end(
    `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${sent}</Message></Error></ErrorResponse>`,
  )
}
