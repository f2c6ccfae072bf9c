import { expect, test } from 'vitest'
import { parsePolicy, type PolicyKind } from './iam-policy-document.ts'

type Fields = Readonly<Record<string, unknown>>

const statement: Fields = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }
const everybody: Fields = { ...statement, Principal: '*' }
const trusting: Fields = {
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'ec2.amazonaws.com' },
}
const conditions = { NumericLessThan: { 's3:max-keys': 10 }, Bool: { 'aws:SecureTransport': true } }
const version = { Version: '2012-10-17' }

function parse(policy: unknown, kind: PolicyKind = 'identity'): void {
  parsePolicy(typeof policy === 'string' ? policy : JSON.stringify(policy), kind)
}

const withStatement = (fields: Fields): Fields => ({ ...version, Statement: [fields] })

test.each<[string, unknown, PolicyKind]>([
  ['a list of statements', withStatement(statement), 'identity'],
  ['one statement without its list', { ...version, Statement: statement }, 'identity'],
  ['no version, which is the old one', { Statement: statement }, 'identity'],
  ['an Id on a resource', { ...withStatement(everybody), Id: 'a policy of ours' }, 'resource'],
  [
    'lists',
    withStatement({ ...statement, Action: ['s3:Get*', 's3:List?uckets'], Resource: ['*'] }),
    'identity',
  ],
  ['numbers and booleans', withStatement({ ...statement, Condition: conditions }), 'identity'],
  [
    'what is not meant',
    withStatement({ Effect: 'Deny', NotAction: 's3:*', NotResource: '*', NotPrincipal: { AWS: '*' } }),
    'resource',
  ],
  ['a Sid with spaces on a resource', withStatement({ ...everybody, Sid: 'TLS only' }), 'resource'],
  ['a trust policy', withStatement(trusting), 'trust'],
])('reads %s', (_, policy, kind) => {
  expect(() => parse(policy, kind)).not.toThrow()
})

test.each<[string, unknown, PolicyKind, string]>([
  ['text that is no JSON', '{', 'identity', 'the policy cannot be used: it is no JSON'],
  ['a list', [], 'identity', 'the policy cannot be used: it is not an object'],
  ['null', null, 'identity', 'it is not an object'],
  ['no statements', { ...version, Statement: [] }, 'identity', 'it has no Statement'],
  ['a missing Statement', version, 'identity', 'it has no Statement'],
  ['a statement that is text', { ...version, Statement: 'all' }, 'identity', 'statement 1 of the policy'],
  ['another version', { ...withStatement(statement), Version: '2026-01-01' }, 'identity', 'Version'],
  [
    'an Id on a role',
    { ...withStatement(statement), Id: 'a' },
    'identity',
    'an Id is for policies of resources',
  ],
  ['an unknown element', { ...withStatement(statement), Statements: [] }, 'identity', '"Statements"'],
  [
    'an unknown element of a statement',
    withStatement({ ...statement, Actions: 'a:b' }),
    'identity',
    '"Actions"',
  ],
  ['an element in another case', withStatement({ ...statement, condition: {} }), 'identity', '"condition"'],
  [
    'an element that is there twice',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}',
    'identity',
    'an element is there twice',
  ],
  ['a wrong effect', withStatement({ ...statement, Effect: 'allow' }), 'identity', 'neither Allow nor Deny'],
  ['a Sid with a dash', withStatement({ ...statement, Sid: 'a-b' }), 'identity', 'letters and digits'],
  ['a Sid that is a number', withStatement({ ...statement, Sid: 1 }), 'identity', 'its Sid is not text'],
  [
    'a Sid that is there twice',
    {
      ...version,
      Statement: [
        { ...statement, Sid: 'A' },
        { ...statement, Sid: 'A' },
      ],
    },
    'identity',
    'two statements have the same Sid',
  ],
  ['no action', withStatement({ Effect: 'Allow', Resource: '*' }), 'identity', 'either Action or NotAction'],
  ['Action and NotAction', withStatement({ ...statement, NotAction: '*' }), 'identity', 'either Action or'],
  ['an empty list of actions', withStatement({ ...statement, Action: [] }), 'identity', 'it is empty'],
  ['an action that is a number', withStatement({ ...statement, Action: [1] }), 'identity', 'it is not text'],
  [
    'an action without a service',
    withStatement({ ...statement, Action: 'GetObject' }),
    'identity',
    'is no action',
  ],
  [
    'a wildcard in the service',
    withStatement({ ...statement, Action: 's*:Get' }),
    'identity',
    'is no action',
  ],
  [
    'no resource',
    withStatement({ Effect: 'Allow', Action: '*' }),
    'identity',
    'either Resource or NotResource',
  ],
  [
    'a resource that is no ARN',
    withStatement({ ...statement, Resource: 'b/*' }),
    'identity',
    'is not an ARN',
  ],
  ['a principal on a role', withStatement(everybody), 'identity', 'names no principal'],
  ['no principal on a resource', withStatement(statement), 'resource', 'either Principal or NotPrincipal'],
  ['a resource in a trust policy', withStatement(everybody), 'trust', 'names no resource'],
  [
    'an unknown principal',
    withStatement({ ...everybody, Principal: { IAM: '*' } }),
    'resource',
    'IAM is no kind',
  ],
  ['nobody', withStatement({ ...everybody, Principal: {} }), 'resource', 'it names nobody'],
  ['a name for everybody', withStatement({ ...everybody, Principal: 'all' }), 'resource', 'not an object'],
  [
    'a policy variable in a resource',
    withStatement({ ...statement, Resource: 'arn:aws:s3:::b/${aws:username}/*' }),
    'identity',
    'has a policy variable, which is not supported here',
  ],
  [
    'a policy variable in a condition',
    withStatement({ ...statement, Condition: { StringLike: { 's3:prefix': '${aws:username}/' } } }),
    'identity',
    's3:prefix of statement 1 of the policy cannot be used: "${aws:username}/" has a policy variable',
  ],
  ['a condition that is a list', withStatement({ ...statement, Condition: [] }), 'identity', 'not an object'],
  [
    'an unknown operator',
    withStatement({ ...statement, Condition: { StringEqual: { 'a:b': 'c' } } }),
    'identity',
    'statement 1 of the policy cannot be used: the condition operator StringEqual is not known here',
  ],
  [
    'a condition without values',
    withStatement({ ...statement, Condition: { StringEquals: { 'a:b': [] } } }),
    'identity',
    'a:b of statement 1 of the policy cannot be used: it is empty',
  ],
  [
    'a value that is an object',
    withStatement({ ...statement, Condition: { StringEquals: { 'a:b': {} } } }),
    'identity',
    'it is not text',
  ],
])('refuses %s', (_, policy, kind, sentence) => {
  expect(() => parse(policy, kind)).toThrow(
    expect.objectContaining({
      code: 'INVALID_POLICY',
      exitCode: 64,
      message: expect.stringContaining(sentence) as string,
    }),
  )
})

test.each([
  'arn:aws:iam::111122223333:role/app-*',
  'arn:aws:sts::111122223333:assumed-role/app/*',
  'arn:aws:iam::1111:role/app',
  'arn:aws:s3:::bucket',
  'arn:aws:iam::111122223333:group/admins',
  '11112222333',
  'AIDAEXAMPLE',
  '',
])('AWS: a principal is one user, role, session or account by its ARN: %j is refused', (id) => {
  expect(() => parse(withStatement({ ...everybody, Principal: { AWS: id } }), 'resource')).toThrow(
    `${JSON.stringify(id)} is not one AWS principal`,
  )
})

test('names within text and escaped quotes are not taken for elements', () => {
  const condition = { StringEquals: { 's3:prefix': ['"Effect":', 'a\\":', '{"a":1}'] } }
  expect(() => parse(withStatement({ ...statement, Condition: condition }))).not.toThrow()
})
