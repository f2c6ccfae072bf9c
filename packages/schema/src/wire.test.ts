import { expect, test } from 'vitest'
import { geolocationData } from './geolocation-data.ts'
import { checkRow, encodeRow, keyOf, schemaHeader } from './wire.ts'

const row = {
  country: 'Albania',
  ind: 7528,
  timestamp: '2020-08-28 03:52:47',
  latitude: -89.9787,
  longitude: -173.293,
}

test('a row is encoded in column order without white space', () => {
  expect(encodeRow(geolocationData, row)).toBe(
    '{"ind":7528,"timestamp":"2020-08-28 03:52:47","latitude":-89.9787,"longitude":-173.293,"country":"Albania"}',
  )
})

test('the key is the index as decimal text and the schema header names the version', () => {
  expect(keyOf(geolocationData, row)).toBe('7528')
  expect(schemaHeader(geolocationData)).toBe('geolocation_data@1')
})

test('a problem names the column and never the value', () => {
  expect(
    checkRow(geolocationData, { ...row, country: 5, timestamp: '2020-02-30 00:00:00', secret: 'hunter2' }),
  ).toEqual({
    ok: false,
    problems: [
      { path: 'timestamp', reason: 'a date or time that does not exist' },
      { path: 'country', reason: 'expected text, found a number' },
      { path: 'secret', reason: 'not a column of the table' },
    ],
  })
})
