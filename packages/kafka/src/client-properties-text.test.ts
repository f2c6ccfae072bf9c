import { expect, test } from 'vitest'
import { parsePropertiesText } from './client-properties-text.ts'

function read(text: string): unknown {
  return Object.fromEntries(parsePropertiesText(Buffer.from(text, 'latin1')))
}

test.each<[string, object]>([
  ['', {}],
  ['a=1\nb:2\r\nc 3\rd', { a: '1', b: '2', c: '3', d: '' }],
  [' \t a = 1 ', { a: '1 ' }],
  ['# a=1\n!b=2\n\n  # c', {}],
  ['a=1\\\n   2\\\r\n 3', { a: '123' }],
  ['a=1\\\\\nb=2', { a: '1\\', b: '2' }],
  ['a\\=b\\ c=\\u0041\\t\\z', { 'a=b c': 'A\tz' }],
  ['a=1\na=2', { a: '2' }],
  ['a=é', { a: 'é' }],
  ['a==', { a: '=' }],
])('%j', (text, expected) => {
  expect(read(text)).toEqual(expected)
})

// The library `properties-file` reads these two in another way than Java when it gets the whole file.
test('a comment after a line of only a backslash is a comment', () => {
  expect(read('\\\n# note\na=1')).toEqual({ a: '1' })
})

test('a key named __proto__ is a key', () => {
  expect([...parsePropertiesText(Buffer.from('__proto__=x'))]).toEqual([['__proto__', 'x']])
})

test.each([
  ['a=1\nb=\\u12', 2],
  ['a=\\\n\\u00zz\nb=1', 1],
  ['\n\n\\u=x', 3],
])('a malformed escape in %j is an error with its line, and nothing of its text', (text, line) => {
  expect(() => read(text)).toThrow(`line ${line}: "\\u" must be followed by four hexadecimal digits`)
})
