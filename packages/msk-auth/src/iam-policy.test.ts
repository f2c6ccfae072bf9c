import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { evaluate, parsePolicy, type PolicyKind, type PolicyRequest } from './iam-policy.ts'
import { type Principal } from './iam-principals.ts'

type Fields = Readonly<Record<string, unknown>>

const policy = (kind: PolicyKind, ...statements: readonly Fields[]) =>
  parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind)
const identity = (...statements: readonly Fields[]) => policy('identity', ...statements)
const onResource = (...statements: readonly Fields[]) => policy('resource', ...statements)

const object = 'arn:aws:s3:::lake/pinpipe/topics/a.json'
const get: PolicyRequest = { action: 's3:GetObject', resource: object }
const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake/*' }
const deny = { ...allow, Effect: 'Deny' }

const decide = (policies: Parameters<typeof evaluate>[0], request: PolicyRequest = get) =>
  evaluate(policies, request).decision

test('AWS: by default everything is denied', () => {
  expect(evaluate([], get)).toEqual({ decision: 'implicit-deny' })
  expect(decide([identity({ ...allow, Action: 's3:PutObject' })])).toBe('implicit-deny')
})

test('AWS: an allow overrides the default, and says which statement it was', () => {
  const other = { ...allow, Action: 's3:ListBucket' }
  expect(evaluate([identity(other), identity(other, { ...allow, Sid: 'Read' })], get)).toEqual({
    decision: 'allowed',
    by: { policy: 1, statement: 1, sid: 'Read' },
  })
})

test('AWS: an explicit deny overrides any allow, wherever it stands', () => {
  expect(evaluate([identity(allow, deny)], get)).toEqual({
    decision: 'explicit-deny',
    by: { policy: 0, statement: 1 },
  })
  expect(decide([identity(deny), identity(allow)])).toBe('explicit-deny')
  expect(decide([identity(allow), onResource({ ...deny, Principal: '*' })])).toBe('explicit-deny')
})

test('AWS: in one account a policy of the identity or of the resource is enough', () => {
  expect(decide([identity(allow), onResource({ ...allow, Action: 's3:*Bucket', Principal: '*' })])).toBe(
    'allowed',
  )
  const other = identity({ ...allow, Action: 's3:ListBucket' })
  expect(decide([other, onResource({ ...allow, Principal: '*' })])).toBe('allowed')
})

test('AWS: the order of statements and documents never matters', () => {
  const kinds = fc.array(fc.constantFrom('allow', 'deny', 'other'), { maxLength: 6 })
  fc.assert(
    fc.property(kinds, (names) => {
      const statements = { allow, deny, other: { ...allow, Action: 's3:PutObject' } }
      const expected = names.includes('deny')
        ? 'explicit-deny'
        : names.includes('allow')
          ? 'allowed'
          : 'implicit-deny'
      expect(decide(names.map((name) => identity(statements[name])))).toBe(expected)
    }),
  )
})

test.each([
  ['s3:getobject', true],
  ['S3:GETOBJECT', true],
  ['s3:Get*', true],
  ['s3:*object', true],
  ['s3:GetObjec?', true],
  ['*', true],
  ['s3:GetObjectTagging', false],
  ['s3:GetO', false],
  ['s3-object-lambda:*', false],
])('AWS: Action %s is compared without its case: %s', (Action, isAllowed) => {
  expect(decide([identity({ ...allow, Action })])).toBe(isAllowed ? 'allowed' : 'implicit-deny')
})

test('AWS: a resource is compared with its case', () => {
  expect(decide([identity({ ...allow, Resource: 'arn:aws:s3:::lake/PinPipe/*' })])).toBe('implicit-deny')
})

// https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html#actions
test('AWS: kafka-cluster:*Topic is four actions, without the dynamic configuration of topics', () => {
  const resource = 'arn:aws:kafka:us-east-1:012345678901:topic/MyTestCluster/abcd-1/a_test'
  const topics = identity({
    Effect: 'Allow',
    Action: 'kafka-cluster:*Topic',
    Resource: 'arn:aws:kafka:us-east-1:012345678901:topic/MyTestCluster/abcd-1/*_test',
  })
  const isAllowed = (name: string): boolean =>
    decide([topics], { action: `kafka-cluster:${name}`, resource }) === 'allowed'
  expect(['CreateTopic', 'DescribeTopic', 'AlterTopic', 'DeleteTopic'].every(isAllowed)).toBe(true)
  expect(['DescribeTopicDynamicConfiguration', 'ReadData', 'Connect'].some(isAllowed)).toBe(false)
  expect(
    decide([topics], {
      action: 'kafka-cluster:CreateTopic',
      resource: resource.replace('a_test', 'a_tests'),
    }),
  ).toBe('implicit-deny')
})

// The examples of AWS's page on NotAction.
test('AWS: NotAction with Allow is all other actions, with Deny all but these', () => {
  const notDelete = identity({ Effect: 'Allow', NotAction: 's3:DeleteBucket', Resource: 'arn:aws:s3:::*' })
  expect(decide([notDelete])).toBe('allowed')
  expect(decide([notDelete], { action: 's3:DeleteBucket', resource: 'arn:aws:s3:::lake' })).toBe(
    'implicit-deny',
  )
  const onlyIam = identity({
    Effect: 'Deny',
    NotAction: 'iam:*',
    Resource: '*',
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  })
  expect(decide([identity(allow), onlyIam])).toBe('explicit-deny')
  const withMfa = { ...get, context: { 'aws:MultiFactorAuthPresent': true } }
  expect(decide([identity(allow), onlyIam], withMfa)).toBe('allowed')
  expect(decide([onlyIam], { action: 'iam:ListMFADevices', resource: '*' })).toBe('implicit-deny')
})

// The example of AWS's page on NotResource.
test('AWS: NotResource with Deny is everything but the bucket', () => {
  const hr = ['arn:aws:s3:::HRBucket/Payroll', 'arn:aws:s3:::HRBucket/Payroll/*']
  const onlyPayroll = identity({ Effect: 'Deny', Action: 's3:*', NotResource: hr })
  expect(decide([identity(allow), onlyPayroll])).toBe('explicit-deny')
  expect(decide([onlyPayroll], { ...get, resource: 'arn:aws:s3:::HRBucket/Payroll/a' })).toBe('implicit-deny')
})

test('all operators and all keys of a condition have to hold, and one value of a key', () => {
  const conditional = identity({
    ...allow,
    Condition: {
      StringLike: { 's3:prefix': ['a/*', 'b/*'], 's3:delimiter': '/' },
      Bool: { 'aws:SecureTransport': 'true' },
    },
  })
  const context = { 'S3:Prefix': 'b/c', 's3:delimiter': '/', 'AWS:securetransport': true }
  expect(decide([conditional], { ...get, context })).toBe('allowed')
  for (const change of [{ 'S3:Prefix': 'c/b' }, { 's3:delimiter': '' }, { 'AWS:securetransport': false }])
    expect(decide([conditional], { ...get, context: { ...context, ...change } })).toBe('implicit-deny')
})

const bob = { type: 'AWS', id: 'arn:aws:iam::444455556666:user/Bob' } as const
const role = { type: 'AWS', id: 'arn:aws:iam::444455556666:role/audit/reader' } as const
const session = { type: 'AWS', id: 'arn:aws:sts::444455556666:assumed-role/reader/app' } as const
const service = { type: 'Service', id: 'ec2.amazonaws.com' } as const

test.each<[string, unknown, Principal | undefined, boolean]>([
  ['everybody is anybody', '*', bob, true],
  ['everybody is nobody in particular', '*', undefined, true],
  ['everybody of AWS is the same', { AWS: '*' }, undefined, true],
  ['a user', { AWS: bob.id }, bob, true],
  ['another user', { AWS: `${bob.id}by` }, bob, false],
  ['a user and nobody in particular', { AWS: bob.id }, undefined, false],
  ['one of several', { AWS: [role.id, bob.id] }, bob, true],
  ['a role', { AWS: role.id }, role, true],
  ['a session by its role, whose path it does not tell', { AWS: role.id }, session, true],
  ['a session by its own ARN', { AWS: session.id }, session, true],
  ['another session of the role', { AWS: `${session.id}2` }, session, false],
  ['a role by a session', { AWS: session.id }, role, false],
  ['a role of the same name elsewhere', { AWS: 'arn:aws:iam::111122223333:role/reader' }, session, false],
  ['an account', { AWS: '444455556666' }, bob, true],
  ['an account by its root', { AWS: 'arn:aws:iam::444455556666:root' }, session, true],
  ['another account', { AWS: '111122223333' }, bob, false],
  ['a service', { Service: service.id }, service, true],
  ['a service is no AWS principal', { AWS: bob.id, Service: 's3.amazonaws.com' }, service, false],
  [
    'a provider',
    { Federated: 'accounts.google.com' },
    { type: 'Federated', id: 'accounts.google.com' },
    true,
  ],
  ['a canonical user', { CanonicalUser: '79a5' }, { type: 'CanonicalUser', id: '79a5' }, true],
])('AWS: Principal: %s', (_, Principal, principal, isMeant) => {
  const request = { ...get, ...(principal && { principal }) }
  expect(decide([onResource({ ...allow, Principal })], request)).toBe(isMeant ? 'allowed' : 'implicit-deny')
  expect(decide([onResource({ ...deny, Principal })], request)).toBe(
    isMeant ? 'explicit-deny' : 'implicit-deny',
  )
})

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
test("AWS: an account's administrators hand on what their account is given", () => {
  const toAccount = onResource({ ...allow, Principal: { AWS: '444455556666' } })
  const request = { ...get, principal: bob }
  expect(decide([toAccount, identity(allow)], request)).toBe('allowed')
  expect(decide([toAccount, identity({ ...allow, Action: 's3:ListBucket' })], request)).toBe('implicit-deny')
  const toBob = onResource({ ...allow, Principal: { AWS: bob.id } })
  expect(decide([toBob, identity({ ...allow, Action: 's3:ListBucket' })], request)).toBe('allowed')
})

// The examples of AWS's page on NotPrincipal: all identities of the one who is spared have to be named.
const root = 'arn:aws:iam::444455556666:root'
test.each<[string, readonly string[], Principal | undefined, boolean]>([
  ['the user and the account', [bob.id, root], bob, true],
  ['the user without the account', [bob.id], bob, false],
  ['another user', [bob.id, root], role, false],
  ['nobody in particular', [bob.id, root], undefined, false],
  ['the session, the role and the account', [session.id, role.id, root], session, true],
  ['the session without the role', [session.id, root], session, false],
  ['the session without the account', [session.id, role.id], session, false],
  ['the role, which is no session', [role.id, root], session, false],
  ['everybody', ['*'], session, true],
])('AWS: NotPrincipal with Deny and %s', (_, AWS, principal, isSpared) => {
  const policies = [identity(allow), onResource({ ...deny, NotPrincipal: { AWS } })]
  expect(decide(policies, { ...get, ...(principal && { principal }) })).toBe(
    isSpared ? 'allowed' : 'explicit-deny',
  )
})

test('AWS: a trust policy names who may assume its role, and the external id', () => {
  const trust = policy('trust', {
    Effect: 'Allow',
    Principal: { AWS: role.id },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'ours' } },
  })
  const assume = { action: 'sts:AssumeRole', resource: 'arn:aws:iam::444455556666:role/app' }
  const context = { 'sts:ExternalId': 'ours' }
  expect(decide([trust], { ...assume, principal: session, context })).toBe('allowed')
  expect(decide([trust], { ...assume, principal: session })).toBe('implicit-deny')
  expect(decide([trust], { ...assume, principal: bob, context })).toBe('implicit-deny')
})

const put = { action: 's3:PutObject', resource: object, principal: session }
const bucket = (Condition: Fields) =>
  onResource({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::lake/*', Condition })
const writer = identity({ ...allow, Action: ['s3:GetObject', 's3:PutObject'] })

// The example of AWS's page on condition operators, BooleanExample.
test('AWS: a bucket policy refuses what does not come over TLS', () => {
  const policies = [writer, bucket({ Bool: { 'aws:SecureTransport': 'false' } })]
  expect(decide(policies, { ...put, context: { 'aws:SecureTransport': true } })).toBe('allowed')
  expect(decide(policies, { ...put, context: { 'aws:SecureTransport': false } })).toBe('explicit-deny')
})

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
test('AWS: a bucket policy refuses a write that is not create-only', () => {
  const createOnly = onResource({
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::lake/*',
    Condition: { Null: { 's3:if-none-match': 'true' } },
  })
  expect(decide([writer, createOnly], { ...put, context: { 's3:if-none-match': '*' } })).toBe('allowed')
  expect(decide([writer, createOnly], put)).toBe('explicit-deny')
  expect(decide([writer, createOnly])).toBe('allowed')
})

test('AWS: a bucket policy refuses another encryption, and takes the default one', () => {
  const encrypted = bucket({ StringNotEqualsIfExists: { 's3:x-amz-server-side-encryption': 'aws:kms' } })
  const strict = bucket({ StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } })
  const asked = (value: string) => ({ ...put, context: { 's3:x-amz-server-side-encryption': value } })
  expect(decide([writer, encrypted], asked('AES256'))).toBe('explicit-deny')
  expect(decide([writer, strict], asked('aws:kms'))).toBe('allowed')
  // A negated operator holds for a missing key, also with IfExists.
  expect(decide([writer, encrypted], put)).toBe('explicit-deny')
  expect(decide([writer, strict], put)).toBe('explicit-deny')
  const withDefault = bucket({
    Null: { 's3:x-amz-server-side-encryption': 'false' },
    StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' },
  })
  expect(decide([writer, withDefault], put)).toBe('allowed')
  expect(decide([writer, withDefault], asked('AES256'))).toBe('explicit-deny')
})

test('AWS: who may list a prefix may not list the bucket', () => {
  const lister = identity({
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::lake',
    Condition: { StringLike: { 's3:prefix': 'pinpipe/topics/*' } },
  })
  const list = { action: 's3:ListBucket', resource: 'arn:aws:s3:::lake' }
  expect(decide([lister], { ...list, context: { 's3:prefix': 'pinpipe/topics/a' } })).toBe('allowed')
  expect(decide([lister], { ...list, context: { 's3:prefix': 'pinpipe/' } })).toBe('implicit-deny')
  expect(decide([lister], list)).toBe('implicit-deny')
})

test.each<[string, Partial<PolicyRequest>]>([
  ['no action', { action: '' }],
  ['an action without its service', { action: 'GetObject' }],
  ['a pattern of actions', { action: 's3:*' }],
  ['no resource', { resource: '' }],
  ['a principal that is none', { principal: { type: 'AWS', id: 'reader' } }],
])('a request with %s is a bug of the caller', (_, change) => {
  expect(() => evaluate([identity(allow)], { ...get, ...change })).toThrow(RangeError)
})
