import { describe, expect, test } from 'vitest'
import { pinterestData } from '@pinpipe/schema/pinterest-data'
import { encodeRow } from '@pinpipe/schema/wire'
import { encoderOf } from './encoder.ts'
import { checkOf, type Validation } from './record-check.ts'
import { deadLetterLine, Rejection, reject } from './reject.ts'
import { at, record } from '../testing/records.ts'

function lineOf(
  value: string | Buffer | null,
  options: { validate?: Validation; format?: 'json' | 'envelope'; topic?: string } = {},
): string {
  const { topic = 't', format = 'json' } = options
  const check = checkOf(topic, options.validate, format)
  const line = encoderOf({ format, nullValues: 'write' }, { topic, partition: 0 }, check!)(record(5, value))!
  return line instanceof Rejection ? `rejected: ${line.reason}` : Buffer.from(line).toString()
}

describe('format json', () => {
  test('the line is the value, byte for byte', () => {
    const value = Buffer.from('{ "a": 1.50, "b": "\\u00e9 é" }')
    const check = checkOf('t', 'json', 'json')!
    expect(encoderOf({ format: 'json', nullValues: 'write' }, at, check)({ ...record(1), value })).toBe(value)
  })

  test('a value that spans lines loses its insignificant white space, under every validation', () => {
    for (const validate of ['json', 'none'] as const) {
      expect(lineOf('{\n  "a": 1.50\n}', { validate })).toBe('{"a":1.50}')
    }
  })

  test('a tombstone is a null line', () => {
    expect(lineOf(null)).toBe('null')
    expect(lineOf(null, { topic: 'x.pin' })).toBe('null')
  })

  test.each([
    ['{"a":', 'not-json'],
    ['', 'no-value'],
    [Buffer.from([0x22, 0xff, 0x22]), 'not-utf8'],
    ['{"a":\n', 'not-json'],
  ])('with --validate json, %j is rejected as %s', (value, reason) => {
    expect(lineOf(value, { validate: 'json' })).toBe(`rejected: ${reason}`)
  })

  test('with --validate none, anything that fits on a line is let through', () => {
    expect(lineOf('{"a":', { validate: 'none' })).toBe('{"a":')
    expect(lineOf('no\njson', { validate: 'none' })).toBe('rejected: not-json')
    expect(lineOf('', { validate: 'none' })).toBe('rejected: no-value')
  })
})

describe('--validate schema', () => {
  const topic = 'x.pin'
  const row = {
    index: 7528,
    unique_id: 'fbe53c66',
    title: 'No Title',
    description: 'd',
    poster_name: 'p',
    follower_count: '0',
    tag_list: 'a,b',
    is_image_or_video: 'image',
    image_src: 's',
    downloaded: 0,
    save_location: 'l',
    category: 'art',
  }

  test('is what topics of the catalogue get; others get json, and cannot ask for it', () => {
    expect(lineOf('{}', { topic })).toBe('rejected: schema')
    expect(lineOf('{}')).toBe('{}')
    expect(checkOf('t', 'schema', 'json')).toBeUndefined()
  })

  test('a row of the table is stored as it came', () => {
    const text = encodeRow(pinterestData, row)
    expect(lineOf(text, { topic })).toBe(text)
    expect(lineOf(JSON.stringify(row, null, 2), { topic })).toBe(JSON.stringify(row))
  })

  test('a row that does not fit names the column, and never holds the value', () => {
    const check = checkOf(topic, undefined, 'json')!
    const rejection = check(Buffer.from(JSON.stringify({ ...row, index: 'SECRET' })))
    expect(rejection).toBeInstanceOf(Rejection)
    expect(rejection).toMatchObject({
      reason: 'schema',
      detail: expect.stringContaining('index: ') as string,
    })
    expect(JSON.stringify(rejection)).not.toContain('SECRET')
  })

  test('values that are no JSON, no UTF-8 or nothing say so', () => {
    expect(lineOf('{', { topic })).toBe('rejected: not-json')
    expect(lineOf('', { topic })).toBe('rejected: no-value')
    expect(lineOf(Buffer.from([0xff]), { topic })).toBe('rejected: not-utf8')
  })
})

describe('format envelope', () => {
  const format = 'envelope'

  test('has the members of the contract in their order, and the value as it came', () => {
    expect(lineOf('{"a": 1.50}', { format })).toBe(
      '{"topic":"t","partition":0,"offset":5,"timestamp":1598586767000,"key":"5","headers":{},"value":{"a": 1.50}}',
    )
  })

  test('a tombstone keeps its key; a value that spans lines fits on one', () => {
    expect(JSON.parse(lineOf(null, { format }))).toMatchObject({ key: '5', value: null })
    expect(lineOf('[\n1\n]', { format })).toMatch(/"value":\[1\]\}$/)
  })

  test('what is not JSON cannot be a member, whatever is validated', () => {
    expect(lineOf('{"a":', { format, validate: 'none' })).toBe('rejected: not-json')
  })

  test('key and headers that are not UTF-8 are base64, and say so', () => {
    const encode = encoderOf({ format, nullValues: 'write' }, at, checkOf('t', 'json', 'envelope')!)
    const line = encode({
      ...record(1, '1'),
      key: Buffer.from([0xff]),
      headers: [
        { name: 'a', value: Buffer.from('x') },
        { name: 'c', value: Buffer.from('1') },
        { name: 'b', value: Buffer.from([0xfe]) },
        { name: 'c', value: Buffer.from('2') },
        { name: 'd', value: null },
      ],
    })
    expect(JSON.parse(Buffer.from(line as Uint8Array).toString())).toEqual({
      topic: 't',
      partition: 0,
      offset: 1,
      timestamp: 1598586767000,
      key: '/w==',
      value: 1,
      headers: { a: 'x', b: '/g==', c: ['1', '2'], d: null },
      base64: ['key', 'headers.b'],
    })
  })
})

describe('a dead letter', () => {
  test('has the members of the contract in their order', () => {
    expect(deadLetterLine(at, record(7, '{"a":'), reject('not-json')).toString()).toBe(
      '{"topic":"t","partition":0,"offset":7,"timestamp":1598586767000,"key":"7","headers":{},' +
        '"value":"{\\"a\\":","reason":"not-json","detail":"The value is not well-formed JSON."}',
    )
  })

  test('keeps the bytes of a value that is not text, as base64, and an offset of any size', () => {
    const offset = 2n ** 63n - 1n
    const line = deadLetterLine(at, record(offset, Buffer.from([0xff, 0x00])), reject('not-utf8')).toString()
    expect(JSON.parse(line)).toMatchObject({ value: '/wA=', base64: ['value'] })
    expect(line).toContain('"offset":9223372036854775807,')
  })

  test('a header named like a part of every object is kept', () => {
    const headers = [{ name: '__proto__', value: Buffer.from('x') }]
    const line = deadLetterLine(at, { ...record(1), headers }, reject('no-value')).toString()
    expect(line).toContain('"headers":{"__proto__":"x"}')
  })
})
