import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { type ColumnKind, dateTime, float, int, nullable, text, varchar } from './column.ts'
import { geolocationData } from './geolocation-data.ts'
import { pinterestData } from './pinterest-data.ts'
import { defineTable, type Row, type Table } from './table.ts'
import { userData } from './user-data.ts'
import { checkRow, encodeRow, keyOf, normaliseDateTimes, schemaHeader } from './wire.ts'

const row = {
  ind: 7528,
  timestamp: '2020-08-28 03:52:47',
  latitude: -89.9787,
  longitude: -173.293,
  country: 'Albania',
}
const canonical =
  '{"ind":7528,"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"longitude":-173.293,"country":"Albania"}'

const valuesOf: Readonly<Record<ColumnKind, fc.Arbitrary<unknown>>> = {
  integer: fc.integer(),
  number: fc.float({ noNaN: true, noDefaultInfinity: true }),
  text: fc.string({ unit: 'binary', maxLength: 30 }),
  datetime: fc
    .date({
      min: new Date('1000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 19).replace('T', ' ')),
}

const rowsOf = (table: Table): fc.Arbitrary<Row> =>
  fc.record(Object.fromEntries(table.columns.map((column) => [column.name, valuesOf[column.kind]])), {
    noNullPrototype: true,
  })

const reversed = (of: Row): Row => Object.fromEntries(Object.entries(of).toReversed())
const reasons = (table: Table, of: unknown): Record<string, string> => {
  const check = checkRow(table, of)
  return check.ok ? {} : Object.fromEntries(check.problems.map(({ path, reason }) => [path, reason]))
}

describe('encodeRow', () => {
  test('writes the columns in order without white space, whatever the order of the row', () => {
    expect(encodeRow(geolocationData, row)).toBe(canonical)
    expect(encodeRow(geolocationData, reversed(row))).toBe(canonical)
  })

  test('leaves out what is not a column, and reads no inherited column into the text', () => {
    expect(encodeRow(geolocationData, { ...row, password: 'x' })).toBe(canonical)
    const inherited: Row = Object.create(row)
    expect(encodeRow(geolocationData, inherited)).toBe(canonical)
    expect(encodeRow(geolocationData, { ...row, toJSON: () => 'x' })).toBe(canonical)
  })

  test.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 1n],
    ['a Date', new Date(0)],
    ['bytes', Buffer.from('x')],
  ])('refuses %s and names the column instead of writing something else', (_, value) => {
    expect(() => encodeRow(geolocationData, { ...row, latitude: value })).toThrow(
      'The column geolocation_data.latitude holds nothing that JSON can carry',
    )
  })

  test.each(catalogue)(
    'of $name is what JSON.parse reads back, for any row and any order of its columns',
    (table) => {
      fc.assert(
        fc.property(rowsOf(table), (any) => {
          const value = encodeRow(table, any)
          const parsed: Row = JSON.parse(value)
          expect(Object.keys(parsed)).toEqual(table.columns.map((column) => column.name))
          // Through JSON on both sides, because JSON writes -0 as 0.
          expect(JSON.parse(value)).toEqual(JSON.parse(JSON.stringify(any)))
          expect(encodeRow(table, reversed(any))).toBe(value)
        }),
        { numRuns: 200 },
      )
    },
  )
})

describe('keyOf', () => {
  test('is the index as decimal text', () => {
    expect(keyOf(geolocationData, row)).toBe('7528')
    expect(keyOf(pinterestData, { index: 0 })).toBe('0')
    expect(keyOf(userData, { ind: -2_147_483_648 })).toBe('-2147483648')
  })

  test.each([undefined, null, '12', 1.5, Number.NaN, 2 ** 60])('refuses %s', (ind) => {
    expect(() => keyOf(userData, { ind })).toThrow('The key column user_data.ind holds no whole number')
  })
})

describe('checkRow', () => {
  test.each(catalogue)(
    'of $name accepts every row that fits its columns and returns it in column order',
    (table) => {
      fc.assert(
        fc.property(rowsOf(table), (any) => {
          const check = checkRow(table, reversed(any))
          expect(check).toEqual({ ok: true, row: any })
          expect(check.ok && Object.keys(check.row)).toEqual(table.columns.map((column) => column.name))
        }),
        { numRuns: 200 },
      )
    },
  )

  test.each(catalogue)('of $name names the one column that is missing, extra or of another type', (table) => {
    const wrong = fc.constantFrom<unknown>(
      null,
      true,
      [],
      {},
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      undefined,
    )
    const columnNames = fc.constantFrom(...table.columns.map((column) => column.name))
    fc.assert(
      fc.property(rowsOf(table), columnNames, wrong, (any, name, value) => {
        expect(Object.keys(reasons(table, { ...any, [name]: value }))).toEqual([name])
        const { [name]: _, ...rest } = any
        expect(reasons(table, rest)).toEqual({ [name]: 'missing' })
        expect(reasons(table, { ...any, [`${name}_2`]: value })).toEqual({
          [`${name}_2`]: 'not a column of the table',
        })
      }),
      { numRuns: 100 },
    )
  })

  test('never shows a value, wherever it stands', () => {
    const canary = 'canary-7f3a'
    const places: fc.Arbitrary<unknown>[] = [
      fc.constant(canary),
      fc.constant([canary]),
      fc.constant({ [canary]: canary }),
      fc.constant(`${canary}${'x'.repeat(70_000)}`),
      fc.constant(`\ud800${canary}`),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...catalogue),
        fc.dictionary(
          fc.constantFrom('ind', 'index', 'timestamp', 'title', 'country', 'age', canary),
          fc.oneof(...places),
        ),
        (table, any) => {
          const check = checkRow(table, any)
          expect(check.ok).toBe(false)
          expect(JSON.stringify(check)).not.toContain(canary)
        },
      ),
      { numRuns: 200 },
    )
    for (const notARow of [canary, [canary], null, undefined, 7]) {
      expect(JSON.stringify(checkRow(userData, notARow))).not.toContain(canary)
      expect(checkRow(userData, notARow).ok).toBe(false)
    }
  })

  test('says what is wrong in words of the table', () => {
    const wrong = {
      ind: 1.5,
      timestamp: '2020-02-30 00:00:00',
      latitude: '1',
      longitude: 1e39,
      country: null,
      'a b': 1,
    }
    expect(reasons(geolocationData, wrong)).toEqual({
      ind: 'expected a whole number, found a fraction',
      timestamp: 'a date or time that does not exist',
      latitude: 'expected a number, found text',
      longitude: 'a number outside the range of the column',
      country: 'expected text, found null',
      '': 'not a column of the table',
    })
    expect(reasons(geolocationData, { ...row, ind: 2 ** 31, timestamp: '2020-08-28T03:52:47' })).toEqual({
      ind: 'a number outside the range of the column',
      timestamp: 'not a date and time like YYYY-MM-DD HH:MM:SS',
    })
    expect(reasons(geolocationData, [])).toEqual({ '': 'expected an object, found a list' })
  })

  test('refuses a `__proto__` column that JSON.parse made', () => {
    expect(checkRow(geolocationData, JSON.parse(`${canonical.slice(0, -1)},"__proto__":{"ind":1}}`)).ok).toBe(
      false,
    )
  })

  test('counts a VARCHAR in characters and a TEXT in bytes, as MySQL does, and refuses half a character', () => {
    const table = defineTable({
      name: 'lengths',
      topicSuffix: 'lengths',
      key: 'id',
      version: 1,
      description: 'Lengths',
      columns: [
        int('id', 'Key'),
        varchar('short', 3, 'Three'),
        text('long', 'Text'),
        nullable(float('maybe', 'NULL')),
      ],
    })
    const fine = { id: 1, short: '🦊🦊🦊', long: '🦊'.repeat(16_383), maybe: null }
    expect(reasons(table, fine)).toEqual({})
    expect(reasons(table, { ...fine, short: '🦊🦊🦊🦊', long: '🦊'.repeat(16_384) })).toEqual({
      short: 'longer than 3 characters',
      long: 'longer than 65535 bytes',
    })
    expect(reasons(table, { ...fine, short: 'a\ud83e', maybe: 'x' })).toEqual({
      short: 'text that is not well-formed Unicode',
      maybe: 'expected a number, found text',
    })
  })
})

test('schemaHeader names the table and its version', () => {
  expect(schemaHeader(geolocationData)).toBe('geolocation_data@1')
})

test('normaliseDateTimes turns the `T` of DATETIME columns into a space and touches nothing else', () => {
  expect(normaliseDateTimes(geolocationData, row)).toBe(row)
  const other = { ...row, timestamp: '2020-08-28T03:52:47', country: '2020-08-28T03:52:47' }
  expect(normaliseDateTimes(geolocationData, other)).toEqual({ ...other, timestamp: '2020-08-28 03:52:47' })
  expect(other.timestamp).toBe('2020-08-28T03:52:47')
})

test('a DATETIME may carry up to six digits of a second', () => {
  const { schema } = dateTime('at', 'Moment')
  expect(schema.safeParse('2020-08-28 03:52:47.123456').success).toBe(true)
  expect(schema.safeParse('2020-08-28 03:52:47.1234567').success).toBe(false)
})
