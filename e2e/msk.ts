/** An Amazon MSK for a test: the embedded broker with TLS and IAM, and an STS beside it. Apps come in with roles of their own. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedKafka, type EmbeddedKafkaOptions, startEmbeddedKafka } from '@pinpipe/embedded-kafka'
import { type IamUser, type MskIam, type MskIamOptions, mskIam } from '@pinpipe/embedded-kafka/msk-iam'
import { type FakeSts } from '@pinpipe/embedded-kafka/fake-sts/fake-sts'
import { testCertificates } from '@pinpipe/embedded-kafka/test-certificates'
import { type KafkaConnection } from '@pinpipe/kafka/connection'
import { mskSasl, type MskSaslOptions } from '@pinpipe/msk-auth/msk-sasl'

const account = '111122223333'
const region = 'eu-west-1'
export const clusterArn = `arn:aws:kafka:${region}:${account}:cluster/orders/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0-5`
export const userArn = (name: string): string => `arn:aws:iam::${account}:user/${name}`
export const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`

const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kafka-cluster:*', Resource: '*' }],
}

/** Whose keys an app starts with: alone they allow nothing, but roles can be assumed with them. */
export const runner = { accessKeyId: 'AKIARUNNER', secretAccessKey: 'secret-key-of-the-runner' }
const operator = { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'secret-key-of-the-operator' }

export type MskOptions = {
  /** More people with keys of their own. */
  readonly users?: readonly IamUser[]
  /** Policy documents of the roles that apps assume, by the roles' names. */
  readonly roles?: Readonly<Record<string, object>>
  readonly iam?: Partial<MskIamOptions>
  readonly kafka?: EmbeddedKafkaOptions
}

export type Msk = AsyncDisposable & {
  readonly kafka: EmbeddedKafka
  readonly iam: MskIam
  readonly sts: FakeSts
  /** An empty folder that goes with the cluster. */
  readonly folder: string
  /** What an app needs to find the cluster and the STS. */
  readonly env: Readonly<Record<string, string>>
  /** What it needs to come in with a role. */
  envOf(role: string): Readonly<Record<string, string>>
  /** For a client in this process that logs in so; by default it may do everything. */
  connection(login?: Partial<MskSaslOptions>): KafkaConnection
}

export async function startMsk({
  users = [],
  roles = {},
  iam: more,
  kafka: kafkaOptions,
}: MskOptions): Promise<Msk> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-msk-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const iam = mskIam({
    clusterArn,
    users: [
      { ...runner, arn: userArn('runner'), policies: [] },
      { ...operator, arn: userArn('operator'), policies: [everything] },
      ...users,
    ],
    roles: Object.entries(roles).map(([name, document]) => ({ arn: roleArn(name), policies: [document] })),
    ...more,
  })
  const sts = opened.use(await iam.startSts())
  const tls = await testCertificates()
  const ca = join(folder, 'ca.pem')
  await writeFile(ca, tls.ca)
  const kafka = opened.use(await startEmbeddedKafka({ tls, logins: iam, ...kafkaOptions }))
  const env = {
    KAFKA_BROKERS: kafka.bootstrapServers,
    KAFKA_AUTH: 'msk-iam',
    KAFKA_TLS_CA: ca,
    AWS_REGION: region,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const closer = opened.move()
  return {
    kafka,
    iam,
    sts,
    folder,
    env,
    envOf: (role) => ({
      ...env,
      AWS_ACCESS_KEY_ID: runner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: runner.secretAccessKey,
      AWS_ROLE_ARN: roleArn(role),
    }),
    connection: (login = { credentials: () => Promise.resolve(operator) }) => ({
      clientId: 'test',
      brokers: kafka.bootstrapServers.split(','),
      tls: { ca: tls.ca },
      sasl: { mechanism: 'msk-iam', login: mskSasl({ region, clientId: 'test', ...login }) },
    }),
    [Symbol.asyncDispose]: () => closer.disposeAsync(),
  }
}
