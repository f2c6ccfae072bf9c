import { assert, float, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowDecoder, shortestFloat } from './mysql-values.ts'

const decodeOne = (columnType: number, value: unknown, characterSet?: number): unknown =>
  rowDecoder([{ name: 'c', columnType, characterSet }])({ c: value })['c']

describe('shortestFloat', () => {
  it.each([-89.9787, -173.293, 0.1, 1e-7, 3.40282e38, 16_777_216, 0])(
    'gives %d back as it was stored',
    (stored) => {
      expect(shortestFloat(Math.fround(stored))).toBe(stored)
    },
  )

  it('gives a number that is the same FLOAT, for every FLOAT', () => {
    assert(
      property(float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(shortestFloat(value)) === value).toBe(true)
      }),
    )
  })
})

describe('rowDecoder', () => {
  it.each([
    ['a FLOAT by its shortest decimal', 4, Math.fround(-89.9787), undefined, -89.9787],
    ['a DOUBLE as it is', 5, -89.978_698_730_468_75, undefined, -89.978_698_730_468_75],
    ['a BIGINT that a number holds as a number', 8, '9007199254740991', undefined, 9_007_199_254_740_991],
    ['a BIGINT beyond 2^53 as text', 8, '9007199254740993', undefined, '9007199254740993'],
    ['a negative BIGINT beyond 2^53 as text', 8, '-9223372036854775808', undefined, '-9223372036854775808'],
    ['a DECIMAL as text', 246, '1.10', undefined, '1.10'],
    ['a DATETIME as text', 12, '2020-08-28 03:52:47', undefined, '2020-08-28 03:52:47'],
    ['a text as it is', 253, 'a 🦊', 45, 'a 🦊'],
    ['bytes as base64', 252, Buffer.from([0, 255]), 63, 'AP8='],
    ['BIT(10) as a number', 16, Buffer.from([2, 1]), 63, 513],
    ['BIT(64) beyond 2^53 as text', 16, Buffer.alloc(8, 255), 63, '18446744073709551615'],
    ['NULL of a FLOAT as null', 4, null, undefined, null],
    ['NULL of a BIGINT as null', 8, null, undefined, null],
    ['NULL of a BLOB as null', 252, null, 63, null],
  ])('takes %s', (_what, columnType, value, characterSet, expected) => {
    expect(decodeOne(columnType, value, characterSet)).toBe(expected)
  })
})
