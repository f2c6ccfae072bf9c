import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { arnMatcher, likeMatcher, resourceMatcher, resourceProblem } from './iam-patterns.ts'

test.each([
  ['*', '', true],
  ['*', 'anything: at all\n', true],
  ['', '', true],
  ['', 'a', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a?c', 'a😀c', true],
  ['a*c', 'ac', true],
  ['a*c', 'a/b:c', true],
  ['a*c', 'a/b:c/', false],
  ['*b*', 'abc', true],
  ['a**c', 'abbc', true],
  ['a.c', 'abc', false],
  ['[a]+(b)|{c}^$\\/', '[a]+(b)|{c}^$\\/', true],
  ['[a]*', 'a', false],
  ['home/?*', 'home/', false],
])('StringLike: the pattern %j and the text %j: %s', (pattern, text, expected) => {
  expect(likeMatcher(pattern)(text)).toBe(expected)
})

const s3 = 'arn:aws:s3:::'
const pin = 'arn:aws:kafka:eu-west-1:111122223333:topic/demo/0a1b-1/0af8.pin'

test.each([
  ['*', pin, true],
  ['*', '*', true],
  [pin, pin, true],
  [pin, '*', false],
  [pin, `${pin}s`, false],
  [pin, pin.toUpperCase(), false],
  // The examples of AWS's page on the Resource element.
  [`${s3}amzn-s3-demo-bucket/*`, `${s3}amzn-s3-demo-bucket/1/2/object.jpg`, true],
  [`${s3}amzn-s3-demo-bucket/*/test/*`, `${s3}amzn-s3-demo-bucket/1/2/test/3/object.jpg`, true],
  [`${s3}amzn-s3-demo-bucket/*/test/*`, `${s3}amzn-s3-demo-bucket/test/object.jpg`, false],
  ['arn:aws:iam::111122223333:user/accounting/*', 'arn:aws:iam::111122223333:user/accounting/a/bob', true],
  ['arn:aws:iam::111122223333:user/accounting/*', 'arn:aws:iam::111122223333:user/accounting', false],
  // A wildcard stays within its segment, unless it is a * at the end of one.
  ['arn:aws:kafka:eu-*-1:111122223333:topic/a', 'arn:aws:kafka:eu-west-1:111122223333:topic/a', true],
  ['arn:aws:kafka:eu-*-1:111122223333:topic/a', 'arn:aws:kafka:eu-x:y-1:111122223333:topic/a', false],
  ['arn:aws:kafka:eu-west-?:111122223333:topic/a', 'arn:aws:kafka:eu-west-::111122223333:topic/a', false],
  ['arn:aws:kafka:eu-*:111122223333:topic/a', 'arn:aws:kafka:eu-x:y:111122223333:topic/a', true],
  ['arn:aws:kafka:*', pin, true],
  ['arn:aws:s3:*', pin, false],
  // In the last segment a colon is a character like any other.
  [`${s3}b/*.json`, `${s3}b/2026-11-24T10:00:00.json`, true],
  [`${s3}b/?`, `${s3}b/:`, true],
])('Resource: %s and %s: %s', (pattern, arn, expected) => {
  expect(resourceProblem(pattern)).toBeUndefined()
  expect(resourceMatcher(pattern)(arn)).toBe(expected)
})

test.each([
  ['', 'is not an ARN'],
  ['bucket/*', 'is not an ARN'],
  ['**', 'is not an ARN'],
  ['arn:aws:s3', 'is not an ARN'],
  ['arn:aws:s3:::', undefined],
  ['a*:aws:s3:::b', 'is not an ARN'],
  ['arn:aws:s?:::b', 'has a wildcard where an ARN names the service'],
  ['arn:aws:*', 'has a wildcard where an ARN names the service'],
])('Resource: %j is told from a pattern', (pattern, problem) => {
  expect(resourceProblem(pattern)).toBe(problem)
})

// The example of AWS's page on condition operators, where StringLike matches and ArnLike does not.
test('ArnLike compares each segment for itself, StringLike the whole text', () => {
  const pattern = 'arn:aws:someservice:*:111122223333:finance/*'
  const arn = 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt'
  expect(likeMatcher(pattern)(arn)).toBe(true)
  expect(arnMatcher(pattern)(arn)).toBe(false)
  expect(arnMatcher(pattern)('arn:aws:someservice:us-east-2:111122223333:finance/a:b')).toBe(true)
})

test('any text matches itself with some of its characters replaced by wildcards', () => {
  const plain = fc.string().filter((text) => !/[*?]/.test(text))
  fc.assert(
    fc.property(plain, plain, plain, (before, middle, after) => {
      expect(likeMatcher(`${before}*${after}`)(before + middle + after)).toBe(true)
      expect(likeMatcher(`${before}?${after}`)(`${before}x${after}`)).toBe(true)
      expect(likeMatcher(before)(`${before}x`)).toBe(false)
      expect(likeMatcher(`${before}?`)(before)).toBe(false)
    }),
  )
})
