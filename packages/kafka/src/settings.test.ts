import { parseSettings } from '@pinpipe/service/settings'
import { UsageFailure } from '@pinpipe/service/failure'
import { processRedactor } from '@pinpipe/service/redaction'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaConnection } from './connection.ts'
import { connectionOf, kafkaSettings } from './settings.ts'

let folder = ''
const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpipe-settings-'))
  await mkdir(join(folder, 'directory'))
  await writeFile(join(folder, 'ca.pem'), ca)
  await writeFile(join(folder, 'text.pem'), 'no certificate')
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

type Line = { level: string; fields: object; message: string }

type Given = { argv?: string[]; env?: Record<string, string>; file?: string }

/** `@/` in an argument is the folder of the test; `file` becomes @/client.properties and is named by --command-config. */
async function connect({
  argv = [],
  env = {},
  file,
}: Given): Promise<{ connection: KafkaConnection; lines: Line[] }> {
  const path = join(folder, 'client.properties')
  if (file !== undefined) await writeFile(path, file.replaceAll('@/', `${folder}/`), 'latin1')
  const { settings } = parseSettings(kafkaSettings, {
    argv: [
      ...argv.map((arg) => arg.replace('@/', `${folder}/`)),
      ...(file === undefined ? [] : ['--command-config', path]),
    ],
    env,
  })
  const lines: Line[] = []
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields, message })
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return { connection: await connectionOf(settings, { clientId: 'pinpipe-test', log }), lines }
}

async function problemsOf(given: Given): Promise<readonly string[]> {
  return connect(given).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof UsageFailure)) throw error
      expect(error.exitCode).toBe(64)
      return error.problems.map((problem) => problem.replaceAll(`${folder}/`, '@/'))
    },
  )
}

const brokers = ['--brokers', 'a:9092,b:9092']
const msk = ['--brokers', 'b-1.demo.abc.c2.kafka.eu-west-1.amazonaws.com:9098']
const user = { KAFKA_USERNAME: 'al', KAFKA_PASSWORD: 'pw-of-al' }
const plainFile = `security.protocol=SASL_SSL
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="file-user" password="pw-of-file";
`
const mskFile = `security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
`
const plainSasl = { mechanism: 'plain', username: 'al', password: 'pw-of-al' }

test.each<[string, Given, object]>([
  [
    'brokers alone: no TLS, no login',
    { argv: brokers },
    { clientId: 'pinpipe-test', brokers: ['a:9092', 'b:9092'], tls: false },
  ],
  ['the name of kafka-topics.sh', { argv: ['--bootstrap-server', 'a:1'] }, { brokers: ['a:1'], tls: false }],
  ['the variable', { env: { KAFKA_BROKERS: '[::1]:9092' } }, { brokers: ['[::1]:9092'] }],
  ['--tls', { argv: [...brokers, '--tls'] }, { tls: {} }],
  ['--tls-ca turns TLS on', { argv: [...brokers, '--tls-ca', '@/ca.pem'] }, { tls: { ca } }],
  ['--no-tls', { argv: [...brokers, '--no-tls'] }, { tls: false }],
  ['plain turns TLS on', { argv: [...brokers, '--auth', 'plain'], env: user }, { tls: {}, sasl: plainSasl }],
  [
    'scram',
    { argv: [...brokers, '--auth', 'scram-sha-512'], env: user },
    { tls: {}, sasl: { ...plainSasl, mechanism: 'scram-sha-512' } },
  ],
  [
    'msk-iam takes the region from the broker',
    { argv: [...msk, '--auth', 'msk-iam'] },
    { tls: {}, sasl: { mechanism: 'oauthbearer' } },
  ],
  [
    'msk-iam takes the region from AWS_REGION',
    { argv: [...brokers, '--auth', 'msk-iam'], env: { AWS_REGION: 'eu-west-1' } },
    { sasl: { mechanism: 'oauthbearer' } },
  ],
  [
    'the file gives everything',
    {
      file: `bootstrap.servers=f:9\nclient.id=file-id\nrequest.timeout.ms=1\ndefault.api.timeout.ms=2\n${plainFile}`,
    },
    {
      brokers: ['f:9'],
      clientId: 'file-id',
      requestTimeoutMs: 1,
      connectTimeoutMs: 2,
      tls: {},
      sasl: { mechanism: 'plain', username: 'file-user', password: 'pw-of-file' },
    },
  ],
  [
    'a flag wins over the file',
    { argv: brokers, file: 'bootstrap.servers=f:9' },
    { brokers: ['a:9092', 'b:9092'] },
  ],
  [
    'a flag agrees with the file',
    { argv: [...brokers, '--auth', 'plain', '--tls'], file: plainFile },
    { sasl: { username: 'file-user' } },
  ],
  ['the environment wins as a pair', { argv: brokers, file: plainFile, env: user }, { sasl: plainSasl }],
  [
    'a file without a login module takes the user of the environment',
    { argv: brokers, file: 'security.protocol=SASL_SSL\nsasl.mechanism=PLAIN', env: user },
    { sasl: plainSasl },
  ],
  [
    '--tls-ca wins over the file',
    {
      argv: [...brokers, '--tls-ca', '@/ca.pem'],
      file: 'security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/nowhere',
    },
    { tls: { ca } },
  ],
  [
    'a trust store of PEM',
    {
      argv: brokers,
      file: 'security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=@/ca.pem',
    },
    { tls: { ca } },
  ],
  [
    'a file that says nothing about security leaves it to the flags',
    { argv: [...brokers, '--auth', 'plain'], env: user, file: 'acks=all' },
    { tls: {}, sasl: plainSasl },
  ],
  [
    'AWS_MSK_IAM of the file is OAUTHBEARER',
    { argv: msk, file: mskFile },
    { tls: {}, sasl: { mechanism: 'oauthbearer' } },
  ],
  [
    'msk-iam agrees with AWS_MSK_IAM of the file',
    { argv: [...msk, '--auth', 'msk-iam'], file: mskFile },
    { sasl: { mechanism: 'oauthbearer' } },
  ],
])('%s', async (_, given, expected) => {
  expect((await connect(given)).connection).toMatchObject(expected)
})

test.each<[string, Given, RegExp]>([
  ['no brokers', {}, /^the brokers are missing: give --brokers host:port \(or the variable KAFKA_BROKERS\)$/],
  ['a broker without a port', { argv: ['--brokers', 'a'] }, /^"a" is no broker address: write host:port$/],
  ['a broker with a wrong port', { argv: ['--brokers', 'a:99999'] }, /is no broker address/],
  ['a broker as a URL', { argv: ['--brokers', 'kafka://a:9092'] }, /is no broker address/],
  [
    '--auth aws-msk-iam',
    { argv: [...msk, '--auth', 'aws-msk-iam'] },
    /^--auth aws-msk-iam is not spoken yet: use --auth msk-iam, .* port 9098 .* IAM identity and policy$/,
  ],
  [
    'no region',
    { argv: [...brokers, '--auth', 'msk-iam'] },
    /^the AWS region is missing.* --region \(or the variable AWS_REGION\)$/,
  ],
  [
    'a user without a password',
    { argv: [...brokers, '--auth', 'plain'], env: { KAFKA_USERNAME: 'al' } },
    /^--auth plain needs a password: set the variable KAFKA_PASSWORD$/,
  ],
  [
    'a password without a user',
    { argv: [...brokers, '--auth', 'scram-sha-256'], env: { KAFKA_PASSWORD: 'x' } },
    /^--auth scram-sha-256 needs a user: set the variable KAFKA_USERNAME$/,
  ],
  [
    'half a pair in the environment and a pair in the file',
    { argv: brokers, file: plainFile, env: { KAFKA_USERNAME: 'al' } },
    /KAFKA_PASSWORD$/,
  ],
  [
    '--no-tls with a login',
    { argv: [...brokers, '--auth', 'plain', '--no-tls'], env: user },
    /^--no-tls cannot go with --auth plain.*security.protocol=SASL_PLAINTEXT/,
  ],
  [
    '--no-tls with --tls-ca',
    { argv: [...brokers, '--no-tls', '--tls-ca', '@/ca.pem'] },
    /^--no-tls contradicts --tls-ca/,
  ],
  [
    '--auth against the file',
    { argv: [...msk, '--auth', 'plain'], env: user, file: mskFile },
    /^--auth plain contradicts the client properties, which say msk-iam/,
  ],
  [
    '--auth none against the file',
    { argv: [...brokers, '--auth', 'none'], file: plainFile },
    /^--auth none contradicts the client properties, which say plain/,
  ],
  [
    '--no-tls against the file',
    { argv: [...brokers, '--no-tls'], file: plainFile },
    /^--no-tls contradicts security.protocol=SASL_SSL/,
  ],
  [
    '--tls against the file',
    { argv: [...brokers, '--tls'], file: 'security.protocol=PLAINTEXT' },
    /^--tls contradicts security.protocol=PLAINTEXT/,
  ],
  [
    '--tls-ca against the file',
    { argv: [...brokers, '--tls-ca', '@/ca.pem'], file: 'security.protocol=PLAINTEXT' },
    /^--tls-ca contradicts/,
  ],
  [
    'a missing file',
    { argv: [...brokers, '--client-properties', '@/none'] },
    /^cannot read the client properties from @\/none: there is no such file, correct the path$/,
  ],
  [
    'a directory',
    { argv: [...brokers, '--client-properties', '@/directory'] },
    /: it is a directory, name a file in it$/,
  ],
  [
    'a missing authority',
    { argv: [...brokers, '--tls-ca', '@/none'] },
    /^cannot read the certificate authorities from @\/none: there is no such file, correct the path$/,
  ],
  [
    'an authority that is no PEM',
    { argv: [...brokers, '--tls-ca', '@/text.pem'] },
    /^@\/text.pem holds no PEM for the certificate authorities: give a file with a line "-----BEGIN CERTIFICATE-----"$/,
  ],
  [
    'a broken line',
    { argv: brokers, file: 'a=1\nb=\\u12' },
    /^@\/client.properties cannot be read: line 2: "\\u" must be followed/,
  ],
  [
    'a wrong property',
    { argv: brokers, file: 'security.protocol=x' },
    /^@\/client.properties: security.protocol must be one of/,
  ],
])('%s is one sentence that says what to do', async (_, given, sentence) => {
  expect(await problemsOf(given)).toEqual([expect.stringMatching(sentence)])
})

test.skipIf(userInfo().uid === 0)('a file without permission is one sentence', async () => {
  const path = join(folder, 'locked')
  await writeFile(path, '')
  await chmod(path, 0)
  expect(await problemsOf({ argv: [...brokers, '--client-properties', '@/locked'] })).toEqual([
    expect.stringMatching(/: permission denied$/),
  ])
})

test('all problems are reported at once', async () => {
  expect(await problemsOf({ argv: ['--auth', 'scram-sha-512', '--no-tls'] })).toHaveLength(4)
})

test('what has no effect is listed in the log, and a login without TLS is a warning', async () => {
  const file = `acks=all\nmax.poll.records=5\n${plainFile.replace('SASL_SSL', 'SASL_PLAINTEXT')}`
  const { connection, lines } = await connect({ argv: brokers, file })
  expect(connection.tls).toBe(false)
  expect(lines).toMatchObject([
    { level: 'warn', message: expect.stringMatching(/^the login is sent without TLS/) },
    { level: 'info', fields: { ignored: ['acks', 'max.poll.records'] } },
  ])
  expect(JSON.stringify(lines)).not.toContain('pw-of-file')
})

test('the log is told that AWS_MSK_IAM becomes OAUTHBEARER', async () => {
  const { lines } = await connect({ argv: msk, file: mskFile })
  expect(lines).toMatchObject([
    { level: 'info', message: expect.stringMatching(/AWS_MSK_IAM is understood as OAUTHBEARER/) },
  ])
})

test('a password that only the file has is registered, so that no output shows it', async () => {
  await connect({ argv: brokers, file: plainFile.replace('pw-of-file', 'registered-canary') })
  expect(processRedactor.redact('it is registered-canary')).not.toContain('canary')
})

test.each([
  ['--region', 'Mars', /Mars/],
  ['--role-session-name', 'a b', /a b/],
])('a wrong %s is a usage problem', async (flag, value, sentence) => {
  const argv = [...brokers, '--auth', 'msk-iam', '--region', 'eu-west-1', flag, value]
  const given = flag === '--region' ? { argv: [...brokers, '--auth', 'msk-iam', flag, value] } : { argv }
  await expect(connect(given)).rejects.toMatchObject({
    exitCode: 64,
    message: expect.stringMatching(sentence),
  })
})
