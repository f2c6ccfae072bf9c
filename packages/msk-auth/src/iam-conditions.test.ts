import { expect, test } from 'vitest'
import { conditionOf, type ContextValue } from './iam-conditions.ts'

/** `StringEquals` with `a|b` in the policy and the value in the request; `undefined`: the request lacks the key. */
function holds(operator: string, values: string, asked: ContextValue | undefined): boolean {
  const context = new Map(asked === undefined ? [] : [['s3:key', asked] as const])
  return conditionOf(operator, 'S3:Key', values.split('|'))(context)
}

test.each([
  ['StringEquals', 'a|b', 'b', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', '', '', true],
  ['StringNotEquals', 'a|b', 'b', false],
  ['StringNotEquals', 'a|b', 'c', true],
  ['StringEqualsIgnoreCase', 'aws:KMS', 'AWS:kms', true],
  ['StringNotEqualsIgnoreCase', 'aws:KMS', 'AWS:kms', false],
  ['StringLike', 'home/*|tmp/?', 'home/bob/x', true],
  ['StringLike', 'home/*', 'Home/bob', false],
  ['StringNotLike', 'home/*', 'home/bob', false],
  ['NumericEquals', '10', 10, true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', 10, false],
  ['NumericLessThan', '10', 10, false],
  ['NumericLessThanEquals', '10', 10, true],
  ['NumericEquals', '0', '', false],
  ['NumericGreaterThan', '-1.5', -1, true],
  ['NumericGreaterThan', '10', 10, false],
  ['NumericGreaterThanEquals', '10', 10, true],
  ['NumericGreaterThanEquals', '10', 9, false],
  ['NumericGreaterThan', '0', 'many', false],
  ['Bool', 'true', true, true],
  ['Bool', 'false', true, false],
  ['Bool', 'true', 'true', true],
  ['Bool', 'true|false', false, true],
  ['Null', 'true', 'a', false],
  ['Null', 'false', 'a', true],
  ['Null', 'false', [], false],
  ['ArnEquals', 'arn:aws:sns:*:111122223333:t', 'arn:aws:sns:eu-west-1:111122223333:t', true],
  ['ArnLike', 'arn:aws:sns:*:111122223333:t', 'not an ARN', false],
  ['ArnNotEquals', 'arn:aws:sns:*:111122223333:t', 'arn:aws:sns:eu-west-1:111122223333:t', false],
  ['ArnNotLike', 'arn:aws:sns:*:111122223333:t', 'arn:aws:sns:eu-west-1:999999999999:t', true],
  ['IpAddress', '203.0.113.0/24|2001:DB8:1234:5678::/64', '203.0.113.255', true],
  ['IpAddress', '203.0.113.0/24|2001:DB8:1234:5678::/64', '2001:db8:1234:5678::1', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.0', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '203.0.113.7', '203.0.113.8', false],
  ['IpAddress', '0.0.0.0/0', 'elsewhere', false],
  ['NotIpAddress', '203.0.113.0/24', '203.0.113.1', false],
])('%s %j, asked for %j: %s', (operator, values, asked, expected) => {
  expect(holds(operator, values, asked)).toBe(expected)
})

const positive = [
  ['StringEquals', 'a'],
  ['StringEqualsIgnoreCase', 'a'],
  ['StringLike', '*'],
  ['NumericEquals', '1'],
  ['NumericLessThan', '1'],
  ['NumericLessThanEquals', '1'],
  ['NumericGreaterThan', '1'],
  ['NumericGreaterThanEquals', '1'],
  ['Bool', 'false'],
  ['ArnEquals', 'arn:aws:s3:::b'],
  ['ArnLike', 'arn:aws:s3:::*'],
  ['IpAddress', '0.0.0.0/0'],
] as const
const negated = [
  ['StringNotEquals', 'a'],
  ['StringNotEqualsIgnoreCase', 'a'],
  ['StringNotLike', '*'],
  ['NumericNotEquals', '1'],
  ['ArnNotEquals', 'arn:aws:s3:::b'],
  ['ArnNotLike', 'arn:aws:s3:::*'],
  ['NotIpAddress', '0.0.0.0/0'],
] as const

test.each(positive)('AWS: a key that is not there does not match, so %s is false', (operator, value) => {
  expect(holds(operator, value, undefined)).toBe(false)
})

test.each(negated)('AWS: a key that is not there does not match, so %s is true', (operator, value) => {
  expect(holds(operator, value, undefined)).toBe(true)
})

test.each([...positive, ...negated])('AWS: %sIfExists is true without the key', (operator, value) => {
  expect(holds(`${operator}IfExists`, value, undefined)).toBe(true)
})

test('AWS: with the key, …IfExists compares like the operator itself', () => {
  expect(holds('StringLikeIfExists', 't1.*|t2.*', 't2.micro')).toBe(true)
  expect(holds('StringLikeIfExists', 't1.*|t2.*', 'm5.large')).toBe(false)
  expect(holds('StringNotEqualsIfExists', 'a', 'a')).toBe(false)
  expect(holds('BoolIfExists', 'true', false)).toBe(false)
})

test('AWS: Null is true for a key that is not there', () => {
  expect(holds('Null', 'true', undefined)).toBe(true)
  expect(holds('Null', 'false', undefined)).toBe(false)
})

// The tables of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html.
test.each([
  ['ForAllValues:StringLike', ['PostDateTime', 'Message'], true],
  ['ForAllValues:StringLike', ['PostDateTime', 'UserName'], false],
  ['ForAllValues:StringLike', [], true],
  ['ForAllValues:StringLike', [''], true],
  ['ForAllValues:StringLike', undefined, true],
  ['ForAllValues:StringLike', 'Tags', true],
  ['ForAnyValue:StringLike', ['UserName', 'PostDateTime'], true],
  ['ForAnyValue:StringLike', ['UserName'], false],
  ['ForAnyValue:StringLike', [], false],
  ['ForAnyValue:StringLike', [''], false],
  ['ForAnyValue:StringLike', undefined, false],
  ['ForAnyValue:StringLikeIfExists', undefined, true],
  ['ForAllValues:StringNotEquals', ['UserName', 'ID'], true],
  ['ForAllValues:StringNotEquals', ['UserName', 'Tags'], false],
  ['ForAnyValue:StringNotEquals', ['UserName', 'Tags'], true],
  ['ForAnyValue:StringNotEquals', ['Message', 'Tags'], false],
])('AWS: %s PostDateTime, Message, Tags, asked for %j: %s', (operator, asked, expected) => {
  expect(holds(operator, 'PostDateTime|Message|Tags', asked)).toBe(expected)
})

test('several values of a key without ForAllValues or ForAnyValue are an error, not a guess', () => {
  expect(() => holds('StringEquals', 'a', ['a', 'b'])).toThrow('S3:Key has several values')
  expect(() => holds('StringEquals', 'a', [])).toThrow('S3:Key has several values')
  expect(holds('StringEquals', 'a', ['a'])).toBe(true)
})

test.each([
  'StringEqual',
  'stringEquals',
  'StringStartsWith',
  'DateLessThan',
  'BinaryEquals',
  'IfExists',
  'NullIfExists',
  'ForAllValues:Null',
  'ForSomeValues:StringLike',
  'StringLikeIfExistsIfExists',
  'constructor',
])('the operator %s is refused', (operator) => {
  expect(() => holds(operator, 'true', 'a')).toThrow(`the condition operator ${operator} is not known here`)
})

test.each([
  ['NumericEquals', 'ten'],
  ['NumericEquals', ''],
  ['NumericEquals', '1e3'],
  ['Bool', 'yes'],
  ['BoolIfExists', 'True'],
  ['ArnLike', 'bucket'],
  ['ArnEquals', 'arn:aws:s3'],
  ['IpAddress', '203.0.113'],
  ['IpAddress', '203.0.113.0/33'],
  ['IpAddress', '203.0.113.0/'],
  ['IpAddress', '::/129'],
  ['Null', 'absent'],
  ['Null', 'true|false'],
])('%s cannot compare with %j', (operator, values) => {
  expect(() => holds(operator, values, 'a')).toThrow(RangeError)
})

test('a key without a service is refused', () => {
  expect(() => conditionOf('StringEquals', 'prefix', ['a'])).toThrow('"prefix" is no condition key')
})
