/** Java's tools log in over TLS, with passwords. (With IAM: java-msk-iam.stack.test.ts.) */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { expect } from 'vitest'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { plain } from '../login/plain.ts'
import { scram } from '../login/scram.ts'
import { testCertificates } from '../test-certificates.ts'
import { javaTest } from './testing/java-test.ts'

const users = { alice: 'secret', 'a=b,c': 'pass,word=' }
const logins = { mechanisms: [plain(users), scram('SCRAM-SHA-256', users), scram('SCRAM-SHA-512', users)] }

javaTest.for([
  ['PLAIN', '4.1', 'alice', 'secret'],
  ['SCRAM-SHA-256', '4.1', 'a=b,c', 'pass,word='],
  ['SCRAM-SHA-512', '2.8.1', 'alice', 'secret'],
] as const)('kafka-topics logs in by %s (%s)', async ([mechanism, version, username, password]) => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-java-login-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const tls = await testCertificates()
  const kafka = stack.use(await startEmbeddedKafka({ tls, logins, topics: [{ topic: 'a.pin' }] }))
  await writeFile(join(folder, 'ca.pem'), tls.ca)
  const login = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule'
  const list = async (secret: string) => {
    const config = join(folder, 'client.properties')
    await writeFile(
      config,
      `security.protocol=SASL_SSL
sasl.mechanism=${mechanism}
sasl.jaas.config=org.apache.kafka.common.security.${login} required username="${username}" password="${secret}";
ssl.truststore.type=PEM
ssl.truststore.location=${join(folder, 'ca.pem')}
`,
    )
    const server = ['--bootstrap-server', kafka.bootstrapServers, '--command-config', config]
    return await runJavaTool('kafka-topics', [...server, '--list'], { version })
  }
  expect(await list(password)).toMatchObject({ stdout: 'a.pin\n', code: 0 })
  const { stdout, stderr, code } = await list('wrong')
  expect(stdout + stderr).toContain('SaslAuthenticationException')
  expect(code).toBe(1)
  expect(kafka.internalErrors).toEqual([])
})
