/** librdkafka logs in over TLS. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '@pinpipe/local-stack/run-program'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { type Logins } from '../broker-sockets.ts'
import { startEmbeddedKafka } from '../embedded-kafka.ts'
import { plain } from '../login/plain.ts'
import { scram } from '../login/scram.ts'
import { mskIam } from '../msk-iam.ts'
import { testCertificates } from '../test-certificates.ts'
import { alice, clusterArn } from '../testing/iam-account.ts'

const users = { alice: 'secret', 'a=b,c': 'pass,word=' }
const passwords: Logins = {
  mechanisms: [plain(users), scram('SCRAM-SHA-256', users), scram('SCRAM-SHA-512', users)],
}

/** Runs kcat with what logs in, against a broker with these logins. */
async function withKcat(
  logins: Logins,
  run: (
    kcat: (
      settings: readonly string[],
      args: readonly string[],
      input?: string,
    ) => ReturnType<typeof runProgram>,
  ) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-kcat-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const tls = await testCertificates()
  const kafka = stack.use(await startEmbeddedKafka({ tls, logins, topics: [{ topic: 'a.pin' }] }))
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, tls.ca)
  await run((settings, args, input = '') => {
    const all = ['security.protocol=sasl_ssl', `ssl.ca.location=${ca}`, ...settings]
    const options = { input, timeoutMs: 20_000 }
    return runProgram(
      'kcat',
      ['-b', kafka.bootstrapServers, ...all.flatMap((one) => ['-X', one]), ...args],
      options,
    )
  })
  expect(kafka.internalErrors).toEqual([])
}

const asUser = (mechanism: string, username: string, password: string): readonly string[] => [
  `sasl.mechanism=${mechanism}`,
  `sasl.username=${username}`,
  `sasl.password=${password}`,
]

stackTest('kcat writes and reads after a login by PLAIN', () =>
  withKcat(passwords, async (kcat) => {
    for (const [username, password] of Object.entries(users)) {
      const settings = asUser('PLAIN', username, password)
      expect(await kcat(settings, ['-P', '-t', 'a.pin'], `by ${username}`)).toMatchObject({ code: 0 })
    }
    const { stdout } = await kcat(asUser('PLAIN', 'alice', 'secret'), ['-C', '-t', 'a.pin', '-e', '-q'])
    expect(stdout.trim().split('\n')).toEqual(['by alice', 'by a=b,c'])
  }),
)

// Before 2.6 librdkafka says the nonce twice: Kafka does not take that any more (CVE-2024-56128).
stackTest('kcat’s old SCRAM is refused, as by Apache Kafka', async ({ kafka }) => {
  const { user, tlsCa, listeners } = kafka
  const logins = { mechanisms: [scram('SCRAM-SHA-256', { [user.username]: user.password })] }
  const settings = asUser('SCRAM-SHA-256', user.username, user.password)
  const reason = 'invalid credentials with SASL mechanism SCRAM-SHA-256'
  await withKcat(logins, async (kcat) => {
    const ofApache = ['-b', listeners.saslTls, '-X', `ssl.ca.location=${tlsCa}`]
    for (const where of [[], ofApache]) {
      const { stderr } = await kcat(settings, [...where, '-L', '-m', '3'])
      expect(stderr).toContain(reason)
    }
  })
})

stackTest.for([
  ['PLAIN', 'Authentication failed: Invalid username or password'],
  ['SCRAM-SHA-256', 'invalid credentials with SASL mechanism SCRAM-SHA-256'],
] as const)('kcat is told why its login by %s is refused', ([mechanism, reason]) =>
  withKcat(passwords, async (kcat) => {
    const { stderr, code } = await kcat(asUser(mechanism, 'alice', 'wrong'), ['-L', '-m', '3'])
    expect(stderr).toContain(reason)
    expect(code).not.toBe(0)
  }),
)

// kcat cannot sign for MSK; what it sends by itself is an unsigned token, which is no token of MSK.
stackTest.for([
  ['msk', 'Access denied'],
  ['apache', 'invalid_token'],
] as const)('kcat understands how a token is refused, as %s does it', ([failureShape, reason]) =>
  withKcat(mskIam({ clusterArn, users: [alice], failureShape }), async (kcat) => {
    const token = ['sasl.mechanism=OAUTHBEARER', 'enable.sasl.oauthbearer.unsecure.jwt=true']
    const { stderr, code } = await kcat(
      [...token, 'sasl.oauthbearer.config=principal=alice'],
      ['-L', '-m', '3'],
    )
    expect(stderr).toContain(reason)
    expect(code).not.toBe(0)
  }),
)
