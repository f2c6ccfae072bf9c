import { UsageFailure } from '@pinpipe/service/failure'
import { expect, test } from 'vitest'
import { applyClientProperties, type ClientProperties } from './client-properties.ts'
import { parsePropertiesText } from './client-properties-text.ts'

function apply(text: string): ClientProperties {
  return applyClientProperties(parsePropertiesText(Buffer.from(text, 'latin1')))
}

function problemsOf(text: string): readonly string[] {
  try {
    apply(text)
  } catch (error) {
    if (error instanceof UsageFailure) return error.problems
    throw error
  }
  return []
}

const mskIamFile = `# as AWS documents it for the Java client
security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsRoleArn="arn:aws:iam::1:role/r" \\
    awsRoleSessionName="session" awsRoleExternalId="ext" awsStsRegion="eu-west-1" awsProfileName="dev";
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
`

const iam = {
  roleArn: 'arn:aws:iam::1:role/r',
  roleSessionName: 'session',
  roleExternalId: 'ext',
  stsRegion: 'eu-west-1',
  profile: 'dev',
}

test('the MSK IAM lines of the Java client are its mechanism AWS_MSK_IAM', () => {
  const { security, ignored, notes } = apply(mskIamFile)
  expect(security).toEqual({ protocol: 'SASL_SSL', tls: {}, login: { auth: 'aws-msk-iam', iam } })
  expect(ignored).toEqual([])
  expect(notes).toEqual([])
})

test('OAUTHBEARER with the MSK callback handler is a login with MSK tokens', () => {
  const text = mskIamFile
    .replace('AWS_MSK_IAM', 'OAUTHBEARER')
    .replace(
      'software.amazon.msk.auth.iam.IAMLoginModule',
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule',
    )
    .replace(
      /sasl.client.*/,
      'sasl.login.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler',
    )
  expect(apply(text)).toMatchObject({ security: { login: { auth: 'msk-iam', iam } }, notes: [], ignored: [] })
})

test.each([
  ['PLAIN', 'plain.PlainLoginModule', 'plain'],
  ['SCRAM-SHA-256', 'scram.ScramLoginModule', 'scram-sha-256'],
  ['SCRAM-SHA-512', 'scram.ScramLoginModule', 'scram-sha-512'],
])('%s takes user and password from the login module', (mechanism, module, auth) => {
  const text = `security.protocol: sasl_ssl\nsasl.mechanism ${mechanism}
sasl.jaas.config=org.apache.kafka.common.security.${module} required username="al" password="p\\\\"w";`
  expect(apply(text).security).toEqual({
    protocol: 'SASL_SSL',
    tls: {},
    login: { auth, user: { username: 'al', password: 'p"w' } },
  })
})

test('values lose the white space around them, as in Kafka', () => {
  expect(
    apply('bootstrap.servers = a:9092 , b:9092 \nclient.id=  me \nrequest.timeout.ms= 5000 '),
  ).toMatchObject({
    brokers: ['a:9092', 'b:9092'],
    clientId: 'me',
    requestTimeoutMs: 5000,
  })
})

test('without a security.protocol the file says nothing about security, and its security keys are ignored', () => {
  const { security, ignored } = apply('sasl.mechanism=PLAIN\nacks=all\nssl.truststore.location=x.jks')
  expect(security).toBeUndefined()
  expect(ignored).toEqual(['acks', 'sasl.mechanism', 'ssl.truststore.location'])
})

test('SSL ignores the login, PLAINTEXT ignores both', () => {
  expect(apply('security.protocol=SSL\nsasl.mechanism=GSSAPI')).toMatchObject({
    security: { tls: {}, login: 'none' },
    ignored: ['sasl.mechanism'],
  })
  expect(apply('security.protocol=PLAINTEXT\nssl.truststore.location=x.jks')).toMatchObject({
    security: { tls: false, login: 'none' },
    ignored: ['ssl.truststore.location'],
  })
})

test('PEM certificates are taken from files or from the file itself', () => {
  const files =
    'security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/ca.pem\nssl.keystore.type=pem\nssl.keystore.location=/me.pem\nssl.key.password=pw'
  const tls = {
    ca: { file: '/ca.pem' },
    cert: { file: '/me.pem' },
    key: { file: '/me.pem' },
    passphrase: 'pw',
  }
  expect(apply(files).security?.tls).toEqual(tls)
  const inline =
    'security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=A\nssl.keystore.type=PEM\nssl.keystore.certificate.chain=B\nssl.keystore.key=C'
  expect(apply(inline).security?.tls).toEqual({ ca: { pem: 'A' }, cert: { pem: 'B' }, key: { pem: 'C' } })
})

const sasl = (mechanism: string, more = ''): string =>
  `security.protocol=SASL_SSL\nsasl.mechanism=${mechanism}\n${more}`
const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule'

test.each<[string, string, RegExp]>([
  [
    'an unknown protocol',
    'security.protocol=TLS',
    /^security.protocol must be one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL$/,
  ],
  [
    'no mechanism',
    'security.protocol=SASL_SSL',
    /^sasl.mechanism is missing: write one of PLAIN, .*AWS_MSK_IAM$/,
  ],
  ['Kerberos', sasl('GSSAPI'), /^sasl.mechanism is not one that is spoken here: write one of PLAIN/],
  ['a name that every object has', sasl('constructor'), /^sasl.mechanism is not one that is spoken here/],
  ['OAUTHBEARER of another provider', sasl('OAUTHBEARER'), /IAMOAuthBearerLoginCallbackHandler$/],
  [
    'a handler that does not fit',
    sasl('PLAIN', 'sasl.client.callback.handler.class=x.Y'),
    /^sasl.client.callback.handler.class does not fit sasl.mechanism=PLAIN: leave it out$/,
  ],
  [
    'a login handler that does not fit',
    sasl('PLAIN', 'sasl.login.callback.handler.class=x.Y'),
    /^sasl.login.callback.handler.class cannot go with sasl.mechanism=PLAIN/,
  ],
  [
    'a module that does not fit',
    sasl('SCRAM-SHA-512', `sasl.jaas.config=${plainModule} required;`),
    /needs the login module .*ScramLoginModule in sasl.jaas.config$/,
  ],
  [
    'no password',
    sasl('PLAIN', `sasl.jaas.config=${plainModule} required username="u";`),
    /^sasl.jaas.config needs username="…" and password="…"$/,
  ],
  [
    'a delegation token',
    sasl(
      'SCRAM-SHA-256',
      'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="p" tokenauth="true";',
    ),
    /delegation token/,
  ],
  [
    'no semicolon',
    sasl('PLAIN', `sasl.jaas.config=${plainModule} required username="u"`),
    /^sasl.jaas.config has no `;` at its end$/,
  ],
  [
    'half a key pair',
    sasl(
      'AWS_MSK_IAM',
      'sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsRoleAccessKeyId="a";',
    ),
    /awsRoleAccessKeyId and awsRoleSecretAccessKey together$/,
  ],
  [
    'verification off',
    'security.protocol=SSL\nssl.endpoint.identification.algorithm=',
    /^ssl.endpoint.identification.algorithm turns the check of host names off, which is not possible here/,
  ],
  [
    'a JKS trust store',
    'security.protocol=SSL\nssl.truststore.location=/t.jks',
    /is a JKS store.*`keytool -list -rfc -keystore \/t.jks > ca.pem`/,
  ],
  [
    'a PKCS12 trust store',
    'security.protocol=SSL\nssl.truststore.type=PKCS12\nssl.truststore.location=/t.p12',
    /is a PKCS12 store.*keytool -list -rfc/,
  ],
  [
    'a JKS key store',
    'security.protocol=SSL\nssl.keystore.location=/k.jks',
    /keytool -importkeystore -srckeystore \/k.jks .*openssl pkcs12/,
  ],
  ['half a PEM pair', 'security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.key=K', /belong together/],
  [
    'a time-out that is no number',
    'request.timeout.ms=30s',
    /^request.timeout.ms must be a number of milliseconds above 0$/,
  ],
  ['a config provider', 'config.providers=env', /^config.providers is not followed/],
])('%s is one sentence with the remedy', (_, text, sentence) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(sentence)])
})

test('all problems are reported at once', () => {
  const text =
    'request.timeout.ms=x\nsecurity.protocol=SASL_SSL\nsasl.mechanism=NO\nssl.truststore.location=/t.jks'
  expect(problemsOf(text)).toHaveLength(3)
})

const iamFile = (options: string): string =>
  sasl('AWS_MSK_IAM', `sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required ${options};`)

test('options without effect are named, but never a word that may be a piece of a password', () => {
  expect(apply(iamFile('awsDebugCreds="true" awsMaxRetries="3"')).notes).toContain(
    'Options of sasl.jaas.config that have no effect here: awsDebugCreds, awsMaxRetries',
  )
  const { notes } = apply(iamFile('canarypart="x"'))
  expect(notes).toContain('Some options of sasl.jaas.config have no effect here')
  expect(notes.join()).not.toContain('canary')
})

test('falling back to somebody else when the role fails is not followed, and said', () => {
  const text = sasl(
    'AWS_MSK_IAM',
    'sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsRoleArn="r" awsAddDefaultProviders="true";',
  )
  expect(apply(text).notes.join()).toContain('awsAddDefaultProviders=true is not followed')
})
