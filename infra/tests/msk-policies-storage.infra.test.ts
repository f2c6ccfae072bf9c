/** What the roles may do beside Kafka, and who may take them: the documents that Terraform renders, evaluated. */
import { type AppName, appNames } from '@pinpipe/msk-auth/app-grants'
import { evaluate, parsePolicy, type Policy, type PolicyRequest } from '@pinpipe/msk-auth/iam-policy'
import { beforeAll, expect, test } from 'vitest'
import { describeTerraform } from './describe-terraform.ts'
import { type Document, isAllowed, policyFrom, without } from './role-policies.ts'
import { testState } from './terraform.ts'

// As in tests/msk-iam-policies/*.tftest.hcl.
const bucket = 'arn:aws:s3:::lake-of-a-test'
const key = 'arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809'
const password = 'arn:aws:ssm:eu-west-1:111122223333:parameter/pinpipe/mysql'

const viaS3 = { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' }
const range = 'a.pin/partition=0/a.pin+0+00000000000000000000-00000000000000000009.json'
const stored = `pinpipe/topics/${range}`

const object = (action: string, name: string): PolicyRequest => ({ action, resource: `${bucket}/${name}` })
const list = (prefix: string): PolicyRequest => ({
  action: 's3:ListBucket',
  resource: bucket,
  context: { 's3:prefix': prefix },
})
const release = (app: AppName): PolicyRequest => object('s3:GetObject', `releases/${app}/1.2.3.tar.gz`)

/** A HeadObject asks for GetObject; S3 asks KMS for the bucket's data key, or to decrypt it, in the caller's name. */
const neededByConsumer: readonly PolicyRequest[] = [
  object('s3:PutObject', stored),
  object('s3:PutObject', `pinpipe/dead/${range}`),
  object('s3:PutObject', 'pinpipe/_chain/probe.json'),
  object('s3:GetObject', stored),
  list('pinpipe/topics/a.pin/'),
  list('pinpipe/_chain/'),
  { action: 'kms:GenerateDataKey', resource: key, context: viaS3 },
  { action: 'kms:Decrypt', resource: key, context: viaS3 },
]

describeTerraform('the policies of the roles, beside Kafka', () => {
  const documents = new Map<AppName, Document>()
  const documentOf = (app: AppName): Document => documents.get(app)!
  const policyOf = (app: AppName): Policy => policyFrom(documentOf(app))
  const allowedTo = (app: AppName, requests: readonly PolicyRequest[]): readonly PolicyRequest[] =>
    requests.filter((request) => isAllowed(policyOf(app), request))

  beforeAll(async () => {
    const run = 'allows_with_no_wildcard_in_an_action_and_no_resource_that_is_one'
    const state = await testState('tests/msk-iam-policies', run)
    const rendered = state.output('policy_documents') as Readonly<Record<AppName, string>>
    for (const app of appNames) documents.set(app, JSON.parse(rendered[app]) as Document)
  }, 120_000)

  test('the consumer creates, reads and lists objects of its lake', () => {
    expect(allowedTo('consumer', neededByConsumer)).toEqual(neededByConsumer)
  })

  test.each([...new Set(neededByConsumer.map(({ action }) => action))])(
    'the consumer without %s cannot do what it needs that for, and all the rest',
    (action) => {
      const left = policyFrom(without(documentOf('consumer'), action))
      const refused = neededByConsumer.filter((request) => !isAllowed(left, request))
      expect(refused).toEqual(neededByConsumer.filter((request) => request.action === action))
    },
  )

  test.each<[string, PolicyRequest]>([
    ['delete an object', object('s3:DeleteObject', stored)],
    ['delete a version of an object', object('s3:DeleteObjectVersion', stored)],
    ['open an object to others', object('s3:PutObjectAcl', stored)],
    ['write elsewhere in the lake', object('s3:PutObject', 'pinpipe/other/a.json')],
    ['write beside the lake', object('s3:PutObject', 'pinpipe-2/topics/a.json')],
    ['write a release', object('s3:PutObject', 'releases/consumer/1.2.3.tar.gz')],
    ["read another app's release", release('producer')],
    ['write to another bucket', { action: 's3:PutObject', resource: `${bucket}-2/${stored}` }],
    ['list the bucket', { action: 's3:ListBucket', resource: bucket }],
    ['list all of the lake', list('pinpipe/')],
    ['list the releases', list('releases/')],
    ['use the key itself', { action: 'kms:Decrypt', resource: key }],
    [
      'use the key through another service',
      { action: 'kms:Decrypt', resource: key, context: { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' } },
    ],
    ['use another key', { action: 'kms:GenerateDataKey', resource: `${key}0`, context: viaS3 }],
    ['give the key away', { action: 'kms:CreateGrant', resource: key, context: viaS3 }],
    ["read the producer's password", { action: 'ssm:GetParameter', resource: password }],
  ])('the consumer cannot %s', (_, request) => {
    expect(evaluate([policyOf('consumer')], request).decision).toBe('implicit-deny')
  })

  test('nobody else may do with the lake what the consumer may; a build is decrypted with the same key', () => {
    const others = appNames.filter((app) => app !== 'consumer')
    const allowed = others.map((app) => allowedTo(app, neededByConsumer).map(({ action }) => action))
    expect(allowed).toEqual([['kms:Decrypt'], ['kms:Decrypt'], []])
  })

  test('each deployed app reads its own release and no other', () => {
    const readable = appNames.map((app) => allowedTo(app, appNames.map(release)))
    expect(readable).toEqual([[release('producer')], [release('consumer')], [release('topic-admin')], []])
  })

  test('the producer alone reads its password', () => {
    const read = { action: 'ssm:GetParameter', resource: password }
    expect(appNames.filter((app) => isAllowed(policyOf(app), read))).toEqual(['producer'])
    expect(isAllowed(policyOf('producer'), { ...read, resource: `${password}-root` })).toBe(false)
  })

  test('the roles are taken by who is trusted, with the external id', async () => {
    const state = await testState('tests/msk-iam-policies', 'asks_for_the_external_id')
    const trust = parsePolicy(state.text('trust_policy'), 'trust')
    const client = {
      type: 'AWS',
      id: 'arn:aws:sts::111122223333:assumed-role/pinpipe-client/i-0a1b2c',
    } as const
    const assume = {
      action: 'sts:AssumeRole',
      resource: 'arn:aws:iam::111122223333:role/pinpipe-producer',
      principal: client,
      context: { 'sts:ExternalId': 'pinpipe:a-secret/of,both' },
    }
    expect(isAllowed(trust, assume)).toBe(true)
    expect(isAllowed(trust, { ...assume, context: {} })).toBe(false)
    expect(isAllowed(trust, { ...assume, context: { 'sts:ExternalId': 'guessed' } })).toBe(false)
    const stranger = { type: 'AWS', id: 'arn:aws:iam::111122223333:role/another' } as const
    expect(isAllowed(trust, { ...assume, principal: stranger })).toBe(false)
    expect(isAllowed(trust, { ...assume, action: 'sts:TagSession' })).toBe(false)
  }, 120_000)
})
