/** MSK's tutorial, word by word, but for the addresses: Java's tools with aws-msk-iam-auth against the embedded broker over TLS. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJavaTool } from '@pinpipe/local-stack/java-tools'
import { stackTest } from '@pinpipe/local-stack/stack-test'
import { expect } from 'vitest'
import { type EmbeddedKafka, startEmbeddedKafka } from '../embedded-kafka.ts'
import { type MskIam, type MskIamOptions, mskIam } from '../msk-iam.ts'
import { testCertificates } from '../test-certificates.ts'
import { admin, alice, clusterArn, everything, nothing, region } from '../testing/iam-account.ts'

const names = ['tutorial.pin', 'tutorial.geo', 'tutorial.user']

/** As AWS's tutorial has it, with a role. */
const clientProperties = `security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required awsRoleArn="${admin.arn}";
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
`

type Tutorial = {
  readonly kafka: EmbeddedKafka
  readonly iam: MskIam
  readonly stsCalls: readonly { readonly action: string }[]
  readonly topics: (...args: string[]) => ReturnType<typeof runJavaTool>
}

async function withTutorial(
  run: (tutorial: Tutorial) => Promise<void>,
  options: Partial<MskIamOptions> = {},
  properties = clientProperties,
): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-tutorial-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const iam = mskIam({ clusterArn, users: [alice], roles: [admin], ...options })
  const sts = stack.use(await iam.startSts())
  const tls = await testCertificates()
  const kafka = stack.use(await startEmbeddedKafka({ tls, logins: iam }))
  const trustStore = join(folder, 'ca.pem')
  await writeFile(trustStore, tls.ca)
  // MSK's certificates are of an authority that Java knows; ours has to be named.
  const trust = `ssl.truststore.type=PEM\nssl.truststore.location=${trustStore}\n`
  const config = join(folder, 'client.properties')
  await writeFile(config, properties + trust)
  const env = {
    AWS_ACCESS_KEY_ID: alice.accessKeyId,
    AWS_SECRET_ACCESS_KEY: alice.secretAccessKey,
    AWS_REGION: region,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const server = ['--bootstrap-server', kafka.bootstrapServers, '--command-config', config]
  const topics = (...args: string[]) =>
    runJavaTool('kafka-topics', [...server, ...args], { version: '2.8.1', env })
  await run({ kafka, iam, stsCalls: sts.calls, topics })
  expect(kafka.internalErrors).toEqual([])
}

stackTest('the tutorial’s kafka-topics creates and lists three topics with a role', () =>
  withTutorial(async ({ kafka, iam, stsCalls, topics }) => {
    for (const name of names) {
      const created = await topics('--create', '--topic', name, '--partitions', '3')
      expect(created.stdout).toContain(`Created topic ${name}.\n`)
    }
    const listed = await topics('--list')
    expect(listed.stdout.trim().split('\n').toSorted()).toEqual(names.toSorted())
    expect(kafka.partition('tutorial.user', 2)).toMatchObject({ highWatermark: 0n })
    expect(stsCalls.filter(({ action }) => action === 'AssumeRole').length).toBeGreaterThanOrEqual(4)
    expect([iam.refusals, kafka.denials]).toEqual([[], []])
  }),
)

stackTest('the library’s tokens by OAUTHBEARER are taken, too', () =>
  withTutorial(
    async ({ iam, topics }) => {
      expect((await topics('--create', '--topic', 'a.pin')).stdout).toContain('Created topic a.pin.')
      expect(iam.refusals).toEqual([])
    },
    {},
    `security.protocol=SASL_SSL
sasl.mechanism=OAUTHBEARER
sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required awsRoleArn="${admin.arn}";
sasl.login.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler
`,
  ),
)

stackTest('kafka-topics is told that the role may not create the topic', () => {
  const connectOnly = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['kafka-cluster:Connect', 'kafka-cluster:DescribeTopic'], Resource: '*' },
    ],
  }
  return withTutorial(
    async ({ kafka, topics }) => {
      const { stdout, code } = await topics('--create', '--topic', 'a.pin')
      expect(stdout).toContain('Error while executing topic command : Authorization failed.')
      expect(code).toBe(1)
      expect(kafka.denials).toMatchObject([{ action: 'CreateTopic', name: 'a.pin' }])
    },
    { roles: [{ ...admin, policies: [connectOnly] }] },
  )
})

stackTest('kafka-topics is told that it is not let in, with the broker’s request id', () =>
  withTutorial(
    async ({ topics }) => {
      const { stdout, stderr, code } = await topics('--list')
      expect(stdout + stderr).toMatch(/SaslAuthenticationException: \[[0-9a-f-]{36}\]: Access denied/)
      expect(code).toBe(1)
    },
    { roles: [{ ...admin, policies: [everything, nothing] }] },
  ),
)
