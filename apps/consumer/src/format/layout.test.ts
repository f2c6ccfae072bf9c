import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, record } from '../testing/records.ts'
import { jsonReader } from './json-value.ts'
import { layoutsOf, type LayoutPart } from './layout.ts'
import { pathPart } from './path-part.ts'
import type { TimeSource } from './record-time.ts'
import { Rejection } from './reject.ts'
import { wallClockOf } from './time-zone.ts'

type Given = {
  readonly time?: TimeSource
  readonly timeZone?: string
  readonly plannedAtMs?: number
  readonly timestamp?: bigint
}

/** The folder of a record with this value; `rejected: …` if it has none. */
function folderOf(parts: readonly LayoutPart[], value: unknown, given: Given = {}): string {
  const { time = { from: 'record' }, timeZone = 'UTC', plannedAtMs = 0 } = given
  const layout = layoutsOf({ parts, time, timeZone }, jsonReader())(at, plannedAtMs)
  const { timestamp = 1_598_586_767_000n } = given
  const bytes =
    value === null || Buffer.isBuffer(value)
      ? value
      : typeof value === 'string'
        ? value
        : JSON.stringify(value)
  const folder = layout({ ...record(1, bytes), timestamp })
  return folder instanceof Rejection ? `rejected: ${folder.reason}` : folder
}

const byHour: LayoutPart = { by: 'time', pattern: 'hour' }
const byCategory: LayoutPart = { by: 'field', name: 'category' }

function yearAt(timestamp: bigint): string {
  return folderOf([{ by: 'time', pattern: 'year' }], '{}', { timestamp })
}

/** The folder by a category of this JSON text, between objects that have one, too. */
function folderOfText(json: string): string {
  return folderOf([byCategory], `{"a":{"category":1},"category":${json},"b":{"category":2}}`)
}

describe('layouts', () => {
  test('are those of Kafka Connect: by partition, by time, by field, and combined in the order they are named in', () => {
    expect(folderOf([{ by: 'kafka' }], '{}')).toBe('partition=0')
    expect(folderOf([byHour], '{}')).toBe('year=2020/month=08/day=28/hour=03')
    expect(folderOf([byCategory], { category: 'art' })).toBe('category=art')
    expect(folderOf([byCategory, byHour], { category: 'art' })).toBe(
      'category=art/year=2020/month=08/day=28/hour=03',
    )
    expect(folderOf([{ by: 'kafka' }, { by: 'time', pattern: 'day' }], '{}')).toBe(
      'partition=0/year=2020/month=08/day=28',
    )
  })

  test('a field that is missing, null, empty, or of a value that is no object, is the null partition', () => {
    for (const value of ['{}', '{"category":null}', '{"category":""}', '[1]', '3', 'no json', null]) {
      expect(folderOf([byCategory], value)).toBe('category=__HIVE_DEFAULT_PARTITION__')
    }
    expect(folderOf([{ by: 'field', name: '__proto__' }], '{"a":1}')).toBe(
      '__proto__=__HIVE_DEFAULT_PARTITION__',
    )
    expect(folderOf([{ by: 'field', name: '__proto__' }], '{"__proto__":"x"}')).toBe('__proto__=x')
  })

  test('numbers are written as they stand in the text where a double would change them', () => {
    expect(['7', '1.50', 'true'].map(folderOfText)).toEqual(['category=7', 'category=1.5', 'category=true'])
    expect(folderOfText('12345678901234567890')).toBe('category=12345678901234567890')
  })

  test('a list or an object names no folder, nor does a value that is longer than a file system takes', () => {
    expect(folderOf([byCategory], { category: ['art'] })).toBe('rejected: not-scalar')
    expect(folderOf([byCategory], { category: {} })).toBe('rejected: not-scalar')
    expect(folderOf([byCategory], { category: 'x'.repeat(246) })).toBe(`category=${'x'.repeat(246)}`)
    expect(folderOf([byCategory], { category: 'x'.repeat(247) })).toBe('rejected: long-path')
    const two: LayoutPart[] = [byCategory, { by: 'field', name: 'b' }]
    expect(folderOf(two, { category: 'x'.repeat(240), b: 'y'.repeat(240) })).toBe('rejected: long-path')
  })
})

describe('a part of a path', () => {
  test('is encoded as Hive does', () => {
    expect(pathPart('a/b', 'c=d e+é%')).toBe('a%2Fb=c%3Dd e+é%25')
    expect(pathPart('a', '\0\t\u007f*?:"\\')).toBe('a=%00%09%7F%2A%3F%3A%22%5C')
    expect(pathPart('a', '\ud800')).toBe('a=%ED%A0%80')
    expect(pathPart('a', '😀\uffff')).toBe('a=😀%EF%BF%BF')
  })

  test('of any text is one folder, well-formed, and of no other text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        (a, b) => {
          const [first, second] = [pathPart('k', a)!, pathPart('k', b)!]
          expect(first).not.toMatch(/[/\\*?]|^\.|^$|[^\P{Cc}\x80-\x9f]/u)
          expect(first.isWellFormed()).toBe(true)
          expect(first === second).toBe((a || null) === (b || null))
        },
      ),
    )
  })
})

describe('the time of a record', () => {
  const fromField: TimeSource = { from: 'field', name: 't' }
  const day: LayoutPart = { by: 'time', pattern: 'yyyy-MM-dd HH' }
  const of = (t: unknown, timeZone = 'UTC') => folderOf([day], { t }, { time: fromField, timeZone })

  test('is its timestamp, a field, or the time its range was begun', () => {
    expect(folderOf([day], { t: '2021-01-02 03:04:05' })).toBe('2020-08-28 03')
    expect(of('2021-01-02 03:04:05')).toBe('2021-01-02 03')
    expect(folderOf([day], null, { time: { from: 'planning' }, plannedAtMs: 0 })).toBe('1970-01-01 00')
  })

  test.each([
    ['2021-01-02 03:04:05.123456', '2021-01-02 03'],
    ['2021-01-02T03:04', '2021-01-02 03'],
    ['2021-01-02', '2021-01-02 00'],
    ['2021-01-02T23:04:05+02:00', '2021-01-02 22'],
    ['2021-01-02T23:04:05-0230', '2021-01-03 02'],
    ['2021-01-02t23:04:05z', '2021-01-03 00'],
    [1_609_556_645_000, '2021-01-02 04'],
    [-1, '1970-01-01 00'],
  ])('of a field: %j lies in %j, an hour east of Greenwich', (text, folder) => {
    expect(of(text, 'Africa/Lagos')).toBe(folder)
  })

  test.each([
    'yesterday',
    '2021-02-30 00:00:00',
    '2021-01-02 24:00:00',
    '2021-01-02 03:60',
    '0000-01-01',
    1.5,
    1e300,
    9_000_000_000_000_000,
    null,
    true,
    {},
  ])('of a field: %j is none', (text) => {
    expect(of(text)).toBe('rejected: no-time')
  })

  test('a record without a timestamp, or with one outside the years 1 to 9999, has none', () => {
    expect(yearAt(-1n)).toBe('rejected: no-time')
    expect(yearAt(2n ** 63n - 1n)).toBe('rejected: no-time')
    expect(yearAt(-(2n ** 63n))).toBe('rejected: no-time')
    expect(yearAt(-62_135_596_800_001n)).toBe('rejected: no-time')
    expect(yearAt(-62_135_596_800_000n)).toBe('year=0001')
    expect(yearAt(253_402_300_799_999n)).toBe('year=9999')
    expect(yearAt(0n)).toBe('year=1970')
  })

  test('follows summer time: the hour that is left out, and the one that is there twice (F17)', () => {
    const hours = (...instants: string[]) => instants.map((text) => of(text, 'Europe/Berlin').slice(-2))
    expect(hours('2024-03-31T00:59:59Z', '2024-03-31T01:00:00Z')).toEqual(['01', '03'])
    expect(hours('2024-10-27T00:30:00Z', '2024-10-27T01:30:00Z', '2024-10-27T02:00:00Z')).toEqual([
      '02',
      '02',
      '03',
    ])
    // Text without a zone is what the clock on the wall shows: it is not moved.
    expect(of('2024-03-31 02:30:00', 'Europe/Berlin')).toBe('2024-03-31 02')
  })

  test('any instant of any zone is what that zone shows', () => {
    const zones = [
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'UTC',
    ]
    const clocks = new Map(zones.map((zone) => [zone, wallClockOf(zone)]))
    const instant = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) })
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, ms) => {
        const shown = new Date(ms).toLocaleString('sv-SE', { timeZone: zone })
        expect(new Date(clocks.get(zone)!(ms)).toISOString().slice(0, 19).replace('T', ' ')).toBe(shown)
      }),
      { numRuns: 500 },
    )
  })
})
