/** The connection that settings and client.properties become. */
import { processRedactor } from '@pinpipe/service/redaction'
import { expect, test } from 'vitest'
import {
  type Given,
  brokers,
  ca,
  connect,
  mskFile,
  msk,
  plainFile,
  plainSasl,
  user,
} from './settings-test-helpers.ts'

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
    { tls: {}, sasl: { mechanism: 'msk-iam', login: { mechanism: 'OAUTHBEARER' } } },
  ],
  [
    'aws-msk-iam takes the region from AWS_REGION',
    { argv: [...brokers, '--auth', 'aws-msk-iam'], env: { AWS_REGION: 'eu-west-1' } },
    { tls: {}, sasl: { mechanism: 'aws-msk-iam', login: { mechanism: 'AWS_MSK_IAM' } } },
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
    'AWS_MSK_IAM of the file is the mechanism of that name',
    { argv: msk, file: mskFile },
    { tls: {}, sasl: { mechanism: 'aws-msk-iam', login: { mechanism: 'AWS_MSK_IAM' } } },
  ],
  [
    'aws-msk-iam agrees with AWS_MSK_IAM of the file',
    { argv: [...msk, '--auth', 'aws-msk-iam'], file: mskFile },
    { sasl: { mechanism: 'aws-msk-iam' } },
  ],
])('%s', async (_, given, expected) => {
  expect((await connect(given)).connection).toMatchObject(expected)
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

test('a password that only the file has is registered, so that no output shows it', async () => {
  await connect({ argv: brokers, file: plainFile.replace('pw-of-file', 'registered-canary') })
  expect(processRedactor.redact('it is registered-canary')).not.toContain('canary')
})
