import { describe, expect, it } from 'vitest'
import { exitCodeOf, Failure, sentenceOf, UsageFailure } from './failure.ts'

describe('exitCodeOf', () => {
  it('takes the code of a failure, also of one from a package that does not know this one', () => {
    expect(exitCodeOf(new Failure('no', { exit: 'unreachable' }))).toBe(5)
    expect(exitCodeOf(Object.assign(new Error('refused'), { exitCode: 4 }))).toBe(4)
  })

  it.each([
    ['an unknown code', Object.assign(new Error('x'), { exitCode: 77 })],
    ['a failure that says 0', Object.assign(new Error('x'), { exitCode: 0 })],
    ['an ordinary error', new TypeError('x')],
    ['something that is no error', 'x'],
    ['an object that only looks like one', { exitCode: 4 }],
  ])('is 1 for %s', (_name, error) => {
    expect(exitCodeOf(error)).toBe(1)
  })
})

describe('a failure', () => {
  it('fails with 1 and cannot be retried unless it says otherwise, and keeps its cause', () => {
    const cause = new Error('deep')
    const failure = new Failure('the sentence', { cause })
    expect(failure).toMatchObject({
      message: 'the sentence',
      exitCode: 1,
      canRetry: false,
      cause,
      name: 'Failure',
    })
    expect(new Failure('x')).not.toHaveProperty('cause')
  })

  it('lists several usage problems one a line, and a single one as it is', () => {
    expect(new UsageFailure('only this').message).toBe('only this')
    const failure = new UsageFailure(['one', 'two'])
    expect(failure.message).toBe('2 problems with the settings:\n  - one\n  - two')
    expect(failure).toMatchObject({ exitCode: 64, problems: ['one', 'two'] })
  })
})

describe('sentenceOf', () => {
  it.each<[string, unknown, string]>([
    ['a known failure as it is', new Failure('one\ntwo'), 'one\ntwo'],
    ['an unknown error in one line', new Error('one\n  two'), 'one two'],
    [
      'a programming error with its class',
      new TypeError('x is not a function'),
      'TypeError: x is not a function',
    ],
    [
      'a system error without a class',
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'what is inside an aggregate without a message, once each',
      new AggregateError([new Error('a'), new Error('b'), new Error('a')]),
      'a, b',
    ],
    ['the cause of an error without a message', new Error('', { cause: new Error('why') }), 'why'],
    ['an error without anything', new Error(''), 'unexpected error without a message'],
    ['a text', 'oops', 'unexpected: oops'],
    ['undefined', undefined, 'unexpected: undefined'],
    ['an object that is no JSON', { n: 1n }, 'unexpected: [object Object]'],
  ])('gives %s', (_name, error, sentence) => {
    expect(sentenceOf(error)).toBe(sentence)
  })
})
