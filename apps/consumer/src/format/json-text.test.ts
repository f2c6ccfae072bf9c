import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanJson, withoutSpace } from './json-text.ts'

/** What JSON.parse says of text; undefined if it refuses it. */
function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

const wellFormed = [
  '0',
  '-0',
  '1e5',
  '-1.5E-10',
  '1.0',
  '123456789012345678901234567890',
  '""',
  '"a"',
  '"\\u00e9\\n\\"\\\\\\/"',
  'true',
  'false',
  'null',
  '{}',
  '[]',
  '[[]]',
  '[{}]',
  '{"a":1}',
  '{"a":[1,2,{"b":null}],"a":2}',
  ' [ 1 , 2 ] ',
  '{ "a" : "b" }\r\n',
  '\t1',
  '"\\ud800"',
  '"é🎨"',
]
const illFormed = [
  '',
  ' ',
  '{',
  '}',
  '[',
  ']',
  '[1,]',
  '[,1]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{a:1}',
  "{'a':1}",
  '01',
  '-',
  '+1',
  '.5',
  '1.',
  '1e',
  '1e+',
  '--1',
  '1 2',
  '"',
  '"\\',
  '"\\x"',
  '"\\u12g4"',
  '"\\u123',
  '"\t"',
  '"a\nb"',
  'tru',
  'truee',
  'nul',
  'NaN',
  'Infinity',
  '[1}',
  '{"a":1]',
  '[1][',
  '{"a" 1}',
  '{1:2}',
  '{"a":1 "b":2}',
  '[1 2]',
  'null,',
  '\u{feff}1',
  '\v1',
  '\u00a01',
  '{"a":1}}',
  '[]]',
  '"a""b"',
  '{"a":,}',
  '{:1}',
]

describe('scanJson', () => {
  test.each(wellFormed)('accepts %j', (text) => {
    expect(parsed(text)).toBeDefined()
    expect(scanJson(Buffer.from(text))).toBe(text.includes('\n') ? 'lines' : 'line')
  })

  test.each(illFormed)('refuses %j', (text) => {
    expect(parsed(text)).toBeUndefined()
    expect(scanJson(Buffer.from(text))).toBe('not-json')
  })

  test('accepts whatever JSON.stringify makes, in any layout', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\t', '\n', ' \n '), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(scanJson(Buffer.from(text))).toBe(text.includes('\n') ? 'lines' : 'line')
      }),
    )
  })

  test('agrees with JSON.parse on text that is nearly JSON', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"\\u0041"',
      '\\',
      '1',
      '-',
      '0',
      '.',
      'e',
      '+',
      'true',
      'null',
      ' ',
      '\n',
      'é',
      '\u0001',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (list) => {
        const text = list.join('')
        expect([text, scanJson(Buffer.from(text)) !== 'not-json']).toEqual([text, parsed(text) !== undefined])
      }),
      { numRuns: 3000 },
    )
  })

  test('agrees with JSON.parse on JSON with one byte changed', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.integer({ min: 0, max: 127 }), (text, where, byte) => {
        const bytes = Buffer.from(text)
        bytes[where % bytes.length] = byte
        const changed = bytes.toString()
        if (changed.includes('\u{fffd}')) return
        expect([changed, scanJson(bytes) !== 'not-json']).toEqual([changed, parsed(changed) !== undefined])
      }),
      { numRuns: 2000 },
    )
  })

  test('nesting has no limit of ours', () => {
    const deep = 100_000
    expect(scanJson(Buffer.from('['.repeat(deep) + ']'.repeat(deep)))).toBe('line')
    expect(scanJson(Buffer.from('{"a":'.repeat(1000) + '1' + '}'.repeat(1000)))).toBe('line')
    expect(scanJson(Buffer.from('['.repeat(deep) + ']'.repeat(deep - 1)))).toBe('not-json')
  })

  test('bytes that are not UTF-8 are refused, inside strings too', () => {
    expect(scanJson(Buffer.from([0x22, 0xff, 0x22]))).toBe('not-utf8')
    // An overlong slash, and half of a surrogate pair in UTF-8.
    expect(scanJson(Buffer.from([0x22, 0xc0, 0xaf, 0x22]))).toBe('not-utf8')
    expect(scanJson(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('not-utf8')
  })
})

describe('withoutSpace', () => {
  const layouts = fc.constantFrom('  ', '\t', '\n', ' \n ')

  test('changes nothing that means something, and leaves one line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), layouts, (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const compact = withoutSpace(Buffer.from(text)).toString()
        expect(compact).toBe(JSON.stringify(value))
        expect(scanJson(Buffer.from(compact))).toBe('line')
      }),
    )
  })

  test('done twice is done once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), layouts, (value, indent) => {
        const once = withoutSpace(Buffer.from(JSON.stringify(value, null, indent)))
        expect(withoutSpace(once).equals(once)).toBe(true)
      }),
    )
  })

  test('numbers and escapes keep their digits', () => {
    const text = '{ "a" :\n 1.50e+07 , "b" : 12345678901234567890,\r\n\t"c" : "\\u00e9 \\/  \\" é" }'
    expect(withoutSpace(Buffer.from(text)).toString()).toBe(
      '{"a":1.50e+07,"b":12345678901234567890,"c":"\\u00e9 \\/  \\" é"}',
    )
  })
})
