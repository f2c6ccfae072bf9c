import { describe, expect, test } from 'vitest'
import { isConflict, isExpiredToken, isPreconditionFailed, s3FailureOf } from './s3-errors.ts'

const place = { bucket: 'lake', endpoint: 'http://user:secret@127.0.0.1:9000', region: 'eu-west-1' }

function answer(name: string, status?: number, more: object = {}): Error {
  const error = Object.assign(new Error(`message of ${name}`), more)
  error.name = name
  return status === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode: status } })
}

describe('what S3 answers becomes one sentence with a remedy', () => {
  test.each([
    ['a missing bucket', answer('NoSuchBucket', 404), 1, 'does not exist: create it'],
    ['no credentials', answer('CredentialsProviderError'), 4, 'set AWS_ACCESS_KEY_ID'],
    ['an unknown key', answer('InvalidAccessKeyId', 403), 4, 'does not know these AWS credentials'],
    [
      'an unknown key of versitygw',
      answer('XAdminUserNotFound', 404),
      4,
      'does not know these AWS credentials',
    ],
    ['a wrong secret', answer('SignatureDoesNotMatch', 403), 4, 'check AWS_ACCESS_KEY_ID'],
    ['an expired session', answer('ExpiredToken', 400), 4, 'renew the credentials'],
    ['no permission', answer('AccessDenied', 403), 4, 'needs s3:PutObject'],
    ['no permission to see the object', answer('403', 403), 4, 'needs s3:PutObject'],
    ['another region', answer('PermanentRedirect', 301), 1, 'in another region than eu-west-1'],
    ['no create-only writes', answer('NotImplemented', 501), 3, 'does not offer create-only writes'],
    ['an overloaded store', answer('SlowDown', 503), 5, 'SlowDown, status 503'],
    [
      'a refused connection',
      answer('Error', undefined, { code: 'ECONNREFUSED' }),
      5,
      'is not reachable (ECONNREFUSED)',
    ],
    ['a time-out', answer('TimeoutError'), 5, 'is not reachable (TimeoutError)'],
    [
      'several refused addresses',
      new AggregateError([answer('Error', undefined, { code: 'ECONNREFUSED' })]),
      5,
      'ECONNREFUSED',
    ],
    [
      'a cause inside',
      new Error('outer', { cause: answer('Error', undefined, { code: 'ENOTFOUND' }) }),
      5,
      'ENOTFOUND',
    ],
    ['no region', answer('Error', undefined, { message: 'Region is missing' }), 1, 'set AWS_REGION'],
    [
      'anything else',
      answer('Odd', 418),
      1,
      'answered Odd, status 418 (message of Odd): check that AWS_ENDPOINT_URL_S3 and --lake',
    ],
  ])('%s', (_title, error, exitCode, part) => {
    const failure = s3FailureOf(error, place)
    expect(failure.exitCode).toBe(exitCode)
    expect(failure.message).toContain(part)
    expect(failure.message).toContain('s3://lake at http://127.0.0.1:9000')
    expect(failure.message).not.toContain('secret')
    expect(failure.message).toMatch(/^(s3:|AWS|[a-z])[^\n]+[^.]$/)
  })

  test('a failure of ours stays what it is', () => {
    const failure = s3FailureOf(answer('NoSuchBucket', 404), place)
    expect(s3FailureOf(failure, place)).toBe(failure)
  })
})

test('the answers that the protocol knows are told apart', () => {
  expect(isPreconditionFailed(answer('PreconditionFailed', 412))).toBe(true)
  expect(isPreconditionFailed(answer('ConditionalRequestConflict', 409))).toBe(false)
  expect(isConflict(answer('ConditionalRequestConflict', 409))).toBe(true)
  expect(isConflict(answer('PreconditionFailed', 412))).toBe(false)
  expect(isExpiredToken(answer('ExpiredToken', 400))).toBe(true)
  expect(isExpiredToken(answer('AccessDenied', 403))).toBe(false)
})
