import { describe, expect, test } from 'vitest'
import { topicFilter } from './topic-filter.ts'

const topics = ['a.b', 'aXb', 'A.B', 'a-1', 'logs', '__consumer_offsets']

const matches = (expression: string | undefined, excludeInternal = false): readonly string[] =>
  topics.filter(topicFilter(expression, excludeInternal))

describe('topicFilter reads an expression as the Java tool does', () => {
  test.each([
    ['the whole name has to match', 'a', []],
    ['a dot is any character', 'a.b', ['a.b', 'aXb']],
    ['an escaped dot is a dot', 'a\\.b', ['a.b']],
    ['a quoted text is itself', '\\Qa.b\\E', ['a.b']],
    ['a quote may be open at the end', '\\Qa.b', ['a.b']],
    ['a comma means or, blanks are dropped', 'logs , a-1', ['a-1', 'logs']],
    ['outer quotes are dropped', '"logs"', ['logs']],
    ['alternatives are whole names too', 'a|logs', ['logs']],
    ['(?i) ignores case', '(?i)a\\.b', ['a.b', 'A.B']],
    ['POSIX classes', '\\p{Lower}-\\p{Digit}', ['a-1']],
    ['POSIX classes in a class', '[\\p{Lower}]+', ['logs']],
    ['an escaped dash', 'a\\-1', ['a-1']],
    ['repetitions', 'a.{1}b', ['a.b', 'aXb']],
    ['nothing matches the empty text', '', []],
  ])('%s: %s', (_, expression, expected) => {
    expect(matches(expression)).toEqual(expected)
  })

  test('without an expression everything matches, but for internal topics when they are excluded', () => {
    expect(matches(undefined)).toEqual(topics)
    expect(matches(undefined, true)).not.toContain('__consumer_offsets')
    expect(matches('.*', true)).toEqual(topics.slice(0, -1))
  })

  test.each([
    '[',
    '*',
    '(',
    'a{',
    'a{1,2}',
    '\\',
    'a++',
    '[a[b]]',
    '[a&&b]',
    '[]a]',
    '\\p{Greek}',
    '\\Z',
    'x\\h',
  ])('%s is refused rather than read differently: it may choose what is deleted', (expression) => {
    expect(() => topicFilter(expression, false)).toThrow('is an invalid regex.')
  })
})
