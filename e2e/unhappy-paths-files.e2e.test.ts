/** Files and ports that the settings name: client.properties, authorities, a metrics port that is taken. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { blackHole } from './broken-servers.ts'
import { expectUnhappy, propertiesFile, temporaryFolder } from './unhappy-paths.ts'

const secret = 'canary-7b1e64'

// A broker that refuses: who gets that far ends with 5, not 64.
const broker = '--brokers 127.0.0.1:1'
const consume = `--topics a --group g --lake dir:lake ${broker}`
const generate = '--source generate:1 --out stdout'
const list = `list ${broker}`

const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const overSasl = ['security.protocol=SASL_SSL', 'sasl.mechanism=PLAIN']

/** What, lines of client.properties, cause (after the file's name), remedy, more arguments. */
const properties: readonly (readonly [string, readonly string[], string, string, string?])[] = [
  [
    'a broken escape',
    [...overSasl, `sasl.jaas.config=\\u12zz ${secret}`],
    ' cannot be read: line 3: "\\u" must be followed by',
    'four hexadecimal digits',
  ],
  [
    'JAAS without its semicolon',
    [...overSasl, `sasl.jaas.config=${plain} required username="u" password="${secret}"`],
    ': sasl.jaas.config has no',
    '`;` at its end',
  ],
  [
    'JAAS with a quote that does not end',
    [...overSasl, `sasl.jaas.config=${plain} required username="u" password="${secret};`],
    ': sasl.jaas.config has no',
    '`;` at its end',
  ],
  [
    'JAAS without a user',
    [...overSasl, `sasl.jaas.config=${plain} required password="${secret}";`],
    ': sasl.jaas.config needs',
    'username="…" and password="…"',
  ],
  [
    'a mechanism that is not spoken',
    ['security.protocol=SASL_SSL', 'sasl.mechanism=GSSAPI'],
    ': sasl.mechanism is not one that is spoken here:',
    'write one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, AWS_MSK_IAM',
  ],
  [
    'a JKS trust store',
    ['security.protocol=SSL', 'ssl.truststore.location=/x/trust.jks', `ssl.truststore.password=${secret}`],
    ': ssl.truststore.location is a JKS store, and only PEM is read: run `keytool -list -rfc -keystore /x/trust.jks > ca.pem`',
    '(for Amazon MSK leave ssl.truststore.* out: its authorities are built in)',
  ],
  [
    'the check of host names turned off',
    ['security.protocol=SSL', 'ssl.endpoint.identification.algorithm='],
    ': ssl.endpoint.identification.algorithm turns the check of host names off, which is not possible here:',
    'leave it out, and give the right authorities in ssl.truststore.location',
  ],
  [
    'an unknown protocol',
    ['security.protocol=TLS'],
    ': security.protocol must be',
    'one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL',
  ],
]

describe('settings, a client.properties file', () => {
  test.concurrent.for(properties)('with %s', async ([, lines, cause, remedy]) => {
    await using file = await propertiesFile(lines)
    await expectUnhappy({
      app: 'topic-admin',
      args: [...list.split(' '), '--command-config', file.path],
      exit: 64,
      cause: `${file.path}${cause}`,
      remedy,
      secrets: [secret],
    })
  })

  const iam = [
    'security.protocol=SASL_SSL',
    'sasl.mechanism=AWS_MSK_IAM',
    'sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;',
    'sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler',
  ]

  test.concurrent('that says AWS_MSK_IAM where --auth says plain', async () => {
    await using file = await propertiesFile(iam)
    await expectUnhappy({
      app: 'producer',
      args: `--source generate:1 --topic-prefix p ${broker} --auth plain --client-properties ${file.path}`.split(
        ' ',
      ),
      env: { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: secret },
      exit: 64,
      cause: '--auth plain contradicts the client properties, which say aws-msk-iam:',
      remedy: 'leave one of them out',
    })
  })

  test.concurrent('that says TLS where --no-tls is given', async () => {
    await using file = await propertiesFile(iam)
    await expectUnhappy({
      app: 'consumer',
      args: `${consume} --no-tls --region eu-west-1 --client-properties ${file.path}`.split(' '),
      exit: 64,
      cause: '--no-tls contradicts security.protocol=SASL_SSL of the client properties:',
      remedy: 'leave one of them out',
    })
  })

  test.concurrent.for([
    ['is not there', 'none.properties', 'there is no such file, correct the path'],
    ['is a directory', '.', 'it is a directory, name a file in it'],
  ] as const)('that %s', async ([, name, remedy]) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, name)
    await expectUnhappy({
      app: 'consumer',
      args: [...consume.split(' '), '--client-properties', path],
      exit: 64,
      cause: `cannot read the client properties from ${path}:`,
      remedy,
    })
  })
})

describe('settings, files and ports', () => {
  test.concurrent.for([
    [
      'a CA file that is not there',
      '--tls-ca',
      'list',
      'none.pem',
      'cannot read the certificate authorities from ',
      'there is no such file, correct the path',
    ],
    [
      'a CA file that is a directory',
      '--tls-ca',
      'list',
      '.',
      'cannot read the certificate authorities from ',
      'it is a directory, name a file in it',
    ],
  ] as const)('%s', async ([, flag, command, name, cause, remedy]) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, name)
    await expectUnhappy({
      app: 'topic-admin',
      args: [command, ...broker.split(' '), flag, path],
      exit: 64,
      cause: `${cause}${path}:`,
      remedy,
    })
  })

  test.concurrent('a CA file that holds no PEM', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'ca.pem')
    await writeFile(path, `${secret}\n`)
    await expectUnhappy({
      app: 'producer',
      args: `--source generate:1 --topic-prefix p ${broker} --tls-ca ${path}`.split(' '),
      exit: 64,
      cause: `${path} holds no PEM for the certificate authorities:`,
      remedy: 'give a file with a line "-----BEGIN CERTIFICATE-----"',
      secrets: [secret],
    })
  })

  test.concurrent.for(['producer', 'consumer'] as const)('a metrics port in use, of the %s', async (app) => {
    await using other = await blackHole()
    const args = app === 'producer' ? generate : consume
    await expectUnhappy({
      app,
      args: [...args.split(' '), '--metrics-port', String(other.port)],
      exit: 1,
      cause: `port ${other.port} on 127.0.0.1 is in use by another program:`,
      remedy: 'choose another --metrics-port',
    })
  })

  test.concurrent('a metrics address of another machine', async () => {
    await expectUnhappy({
      app: 'producer',
      args: [...generate.split(' '), '--metrics-port', '0', '--metrics-host', '203.0.113.9'],
      exit: 1,
      cause: 'this machine has no address 203.0.113.9:',
      remedy: 'choose another --metrics-host',
    })
  })
})
