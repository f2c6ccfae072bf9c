/**
 * What the consumer really asks of S3, judged by what Terraform rendered: its role's policy and the bucket's. The built consumer
 * runs against a real S3 server, through a recorder; then the requests that must not pass are made of one that may.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProducer } from '@pinpipe/kafka/producer'
import type { KafkaFacts } from '@pinpipe/local-stack/kafka'
import type { S3Access, S3Facts } from '@pinpipe/local-stack/s3-access'
import { stackTest, unique } from '@pinpipe/local-stack/stack-test'
import { evaluate, parsePolicy } from '@pinpipe/msk-auth/iam-policy'
import { samplePost } from '@pinpipe/sample-data/generator'
import { catalogue, topicOf } from '@pinpipe/schema/catalogue'
import { encodeRow } from '@pinpipe/schema/wire'
import { expect, test } from 'vitest'
import { createTopics } from '../../e2e/kafka.ts'
import { applyModule } from './apply-module.ts'
import { consumeToEnd } from './consume-to-end.ts'
import { describeTerraform } from './describe-terraform.ts'
import { startS3Recorder } from './s3-recorder.ts'
import { policyRequestOf, type S3Request } from './s3-requests.ts'

const bucket = unique('pinpipe')
const key = 'arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809'
const otherKey = 'arn:aws:kms:eu-west-1:111122223333:key/99999999-5f60-4718-92a3-b4c5d6e7f809'
const consumer = 'arn:aws:iam::111122223333:role/pinpipe-consumer'
const administrator = 'arn:aws:iam::111122223333:role/administrator'

type Servers = { readonly kafka: KafkaFacts; readonly s3: S3Facts & S3Access }

/** What the consumer sends while it probes the store, and stores data and dead letters. */
async function recordConsumer({ kafka, s3 }: Servers): Promise<readonly S3Request[]> {
  const prefix = unique('policy')
  await createTopics(
    kafka.bootstrapServers,
    catalogue.map((table) => topicOf(prefix, table)),
    1,
  )
  const connection = { clientId: 'infra', brokers: [kafka.bootstrapServers], tls: false } as const
  await using producer = await openProducer(connection)
  for (const table of catalogue) {
    const values = [encodeRow(table, samplePost(1, 1).rows[table.name] ?? {}), 'no row']
    const records = values.map((value) => ({ key: '1', value }))
    // oxlint-disable-next-line no-await-in-loop -- three topics
    await producer.send({ topic: topicOf(prefix, table), partition: 0, records })
  }
  await s3.createBucket(bucket)
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-recorder-'))
  try {
    await using recorder = await startS3Recorder(s3.endpoint, folder)
    const summary = await consumeToEnd(`s3://${bucket}/pinpipe`, {
      ...s3.env,
      AWS_ENDPOINT_URL_S3: recorder.endpoint,
      NODE_EXTRA_CA_CERTS: recorder.ca,
      KAFKA_BROKERS: kafka.bootstrapServers,
      TOPIC_PREFIX: prefix,
    })
    expect(summary).toMatchObject({ records: 3, rejected: 3 })
    return recorder.requests
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The documents of the bucket and of the consumer's role, made for the same lake. */
async function renderPolicies() {
  const lake = { bucket_arn: `arn:aws:s3:::${bucket}`, prefix: 'pinpipe', kms_key_arn: key }
  const [data, roles] = await Promise.all([
    applyModule({ module: 'data-bucket', variables: { bucket_name: bucket, topic_prefix: 'pins' } }),
    applyModule({
      module: 'msk-iam-policies',
      variables: {
        cluster_arn:
          'arn:aws:kafka:eu-west-1:111122223333:cluster/pinpipe/1a2b3c4d-5e6f-4a8b-9c0d-e1f2a3b4c5d6-s1',
        topic_prefix: 'pins',
        trusted_role_arns: ['arn:aws:iam::111122223333:role/pinpipe-client'],
        lake,
      },
    }),
  ])
  const documents = roles.output('policy_documents') as Readonly<Record<string, string>>
  const everything = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
  return {
    bucket: parsePolicy(data.text('bucket_policy'), 'resource'),
    results: parsePolicy(
      data.resource('aws_s3_bucket_policy.private["results"]')['policy'] as string,
      'resource',
    ),
    key: parsePolicy(data.resource('aws_kms_key.lake[0]')['policy'] as string, 'resource'),
    consumer: parsePolicy(documents['consumer'] ?? '', 'identity'),
    administrator: parsePolicy(
      JSON.stringify({ Version: '2012-10-17', Statement: [everything] }),
      'identity',
    ),
  }
}

// Once for the file: the tests take turns.
let recording: ReturnType<typeof recordConsumer> | undefined
let rendering: ReturnType<typeof renderPolicies> | undefined
const recorded = async (servers: Servers) => await (recording ??= recordConsumer(servers))
const policies = async () => await (rendering ??= renderPolicies())

/** `allowed`, `implicit-deny`, or the Sid of the statement that denies. */
async function judge(request: S3Request, who: 'consumer' | 'administrator' = 'consumer'): Promise<string> {
  const rendered = await policies()
  const asked = policyRequestOf(request, who === 'consumer' ? consumer : administrator)
  const { decision, by } = evaluate([rendered[who], rendered.bucket], asked)
  return decision === 'explicit-deny' ? (by?.sid ?? decision) : decision
}

/** What is asked of which area of the lake: `PUT /bucket/pinpipe/topics`. */
function kindOf({ method, path }: S3Request): string {
  const { pathname, searchParams } = new URL(path, 'https://s3')
  const prefix = searchParams.get('prefix')
  const [what, where] = prefix === null ? [method, pathname] : ['LIST', `${pathname}${prefix}`]
  return `${what} ${where.split('/', 4).join('/')}`
}

/** A recorded upload of data, to make others of; without `x-id`, by which the SDK names the operation. */
async function upload(servers: Servers): Promise<S3Request> {
  const requests = await recorded(servers)
  const put = requests.find(({ method, path }) => method === 'PUT' && path.includes('/topics/'))!
  return { ...put, path: put.path.replace('?x-id=PutObject', '') }
}

const without = ({ headers, ...rest }: S3Request, header: string): S3Request => ({
  ...rest,
  headers: { ...headers, [header]: undefined },
})
const withHeaders = ({ headers, ...rest }: S3Request, more: S3Request['headers']): S3Request => ({
  ...rest,
  headers: { ...headers, ...more },
})

const encryption = 'x-amz-server-side-encryption'
const refused: readonly [string, (request: S3Request) => S3Request, string][] = [
  ['an upload without If-None-Match', (put) => without(put, 'if-none-match'), 'DenyReplacing'],
  [
    'an upload that replaces what it knows',
    (put) => withHeaders(without(put, 'if-none-match'), { 'if-match': '"e"' }),
    'DenyReplacing',
  ],
  [
    'the end of a multipart upload without If-None-Match',
    (put) => ({ ...without(put, 'if-none-match'), method: 'POST', path: `${put.path}?uploadId=u` }),
    'DenyReplacing',
  ],
  ['an upload without TLS', (put) => ({ ...put, tls: null }), 'DenyWithoutTls'],
  ['an upload by TLS 1.1', (put) => ({ ...put, tls: 'TLSv1.1' }), 'DenyOldTls'],
  ['a read without TLS', (put) => ({ ...put, method: 'GET', tls: null }), 'DenyWithoutTls'],
  [
    'an upload beside the lake',
    (put) => ({ ...put, path: `/${bucket}/other/a.json` }),
    'DenyWritesElsewhere',
  ],
  [
    'an upload beside the areas of the lake',
    (put) => ({ ...put, path: `/${bucket}/pinpipe/a.json` }),
    'DenyWritesElsewhere',
  ],
  [
    'an upload with another key',
    (put) => withHeaders(put, { [encryption]: 'aws:kms', [`${encryption}-aws-kms-key-id`]: otherKey }),
    'DenyOtherEncryption',
  ],
  [
    "an upload with AWS's own key",
    (put) => withHeaders(put, { [encryption]: 'aws:kms' }),
    'DenyOtherEncryption',
  ],
  [
    "an upload with S3's own encryption",
    (put) => withHeaders(put, { [encryption]: 'AES256' }),
    'DenyOtherEncryption',
  ],
  [
    'an upload with a key that only the writer has',
    (put) => withHeaders(put, { [`${encryption}-customer-algorithm`]: 'AES256' }),
    'DenyKeysOfTheWriter',
  ],
]

describeTerraform('the bucket policy and the role of the consumer', () => {
  stackTest('allow every request that the consumer makes', async ({ kafka, s3 }) => {
    const requests = await recorded({ kafka, s3 })
    const lake = `/${bucket}/pinpipe`
    expect([...new Set(requests.map(kindOf))].toSorted()).toEqual([
      `GET ${lake}/_chain`,
      `HEAD ${lake}/_chain`,
      `LIST ${lake}/_chain`,
      `PUT ${lake}/_chain`,
      `PUT ${lake}/dead`,
      `PUT ${lake}/topics`,
    ])
    expect(requests.every(({ tls }) => tls === 'TLSv1.3')).toBe(true)
    const verdicts = await Promise.all(requests.map((request) => judge(request)))
    expect(new Set(verdicts)).toEqual(new Set(['allowed']))
  })

  stackTest.for(refused)(
    'refuse %s, of the consumer and of an administrator',
    async ([, change, sid], { kafka, s3 }) => {
      const put = await upload({ kafka, s3 })
      const changed = change(put)
      expect([await judge(put), await judge(put, 'administrator')]).toEqual(['allowed', 'allowed'])
      expect([await judge(changed), await judge(changed, 'administrator')]).toEqual([sid, sid])
    },
  )

  stackTest('let the consumer delete nothing, and write no release', async ({ kafka, s3 }) => {
    const put = await upload({ kafka, s3 })
    const erase = { ...put, method: 'DELETE' }
    const release = { ...put, path: `/${bucket}/releases/consumer/1.tar.gz` }
    expect([await judge(erase), await judge(release)]).toEqual(['implicit-deny', 'implicit-deny'])
    expect([await judge(erase, 'administrator'), await judge(release, 'administrator')]).toEqual([
      'allowed',
      'allowed',
    ])
  })

  stackTest(
    'allow our own key by name, and a multipart upload whose end is create-only',
    async ({ kafka, s3 }) => {
      const put = await upload({ kafka, s3 })
      const bare = without(put, 'if-none-match')
      const named = withHeaders(put, { [encryption]: 'aws:kms', [`${encryption}-aws-kms-key-id`]: key })
      const multipart = [
        { ...bare, method: 'POST', path: `${put.path}?uploads` },
        { ...bare, path: `${put.path}?partNumber=1&uploadId=u` },
        { ...put, method: 'POST', path: `${put.path}?uploadId=u` },
      ]
      expect(await Promise.all([named, ...multipart].map((request) => judge(request)))).toEqual(
        Array(4).fill('allowed'),
      )
    },
  )

  stackTest(
    'let Athena write its results without If-None-Match, but not in the clear',
    async ({ kafka, s3 }) => {
      const put = without(await upload({ kafka, s3 }), 'if-none-match')
      const rendered = await policies()
      const verdict = (request: S3Request): string =>
        evaluate([rendered.administrator, rendered.results], policyRequestOf(request, administrator)).decision
      const result = { ...put, path: `/${bucket}-athena/query.csv` }
      expect([verdict(result), verdict({ ...result, tls: null })]).toEqual(['allowed', 'explicit-deny'])
    },
  )
})

describeTerraform('the key', () => {
  test.for([
    ['through S3 for the bucket', { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }, ['allowed', 'allowed']],
    ['directly', {}, ['implicit-deny', 'implicit-deny']],
    [
      'through another service',
      { 'kms:ViaService': 'ebs.eu-west-1.amazonaws.com' },
      ['implicit-deny', 'implicit-deny'],
    ],
    [
      'through S3 for another bucket',
      {
        'kms:ViaService': 's3.eu-west-1.amazonaws.com',
        'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::other',
      },
      ['allowed', 'implicit-deny'],
    ],
  ] as const)('is used by the consumer %s: its role and the key say', async ([, context, verdicts]) => {
    const rendered = await policies()
    const request = {
      action: 'kms:GenerateDataKey',
      resource: key,
      principal: { type: 'AWS', id: consumer },
      context: {
        'kms:CallerAccount': '111122223333',
        'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}`,
        ...context,
      },
    } as const
    // Both have to allow: the key's policy hands the decision to the account, whose roles' policies then decide.
    expect([
      evaluate([rendered.consumer], request).decision,
      evaluate([rendered.key], request).decision,
    ]).toEqual(verdicts)
  })
})
