import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { geolocationData } from './geolocation-data.ts'
import { acceptedDataTypes, columnProblems, type ActualColumn } from './mysql-columns.ts'
import { pinterestData } from './pinterest-data.ts'
import type { Table } from './table.ts'

const asDeclared = (table: Table): ActualColumn[] =>
  table.columns.map((column) => ({ name: column.name, dataType: acceptedDataTypes(column)[0] ?? '' }))

const changed = (table: Table, name: string, change: Partial<ActualColumn>): ActualColumn[] =>
  asDeclared(table).map((column) => (column.name === name ? { ...column, ...change } : column))

test.each(catalogue)(
  'the declared columns of $name are no problem, in any order and with others beside them',
  (table) => {
    expect(columnProblems(table, asDeclared(table).toReversed())).toEqual([])
    expect(columnProblems(table, [...asDeclared(table), { name: 'added_later', dataType: 'json' }])).toEqual(
      [],
    )
  },
)

test('text types may stand for each other, float for double, wider and narrower integers for int', () => {
  for (const dataType of ['varchar', 'char', 'TEXT', 'longtext']) {
    expect(columnProblems(pinterestData, changed(pinterestData, 'title', { dataType }))).toEqual([])
  }
  expect(
    columnProblems(geolocationData, changed(geolocationData, 'latitude', { dataType: 'double' })),
  ).toEqual([])
  expect(
    columnProblems(pinterestData, changed(pinterestData, 'downloaded', { dataType: 'tinyint' })),
  ).toEqual([])
})

test('a missing, a renamed and a retyped column are each named', () => {
  expect(
    columnProblems(
      geolocationData,
      asDeclared(geolocationData).filter(({ name }) => name !== 'country'),
    ),
  ).toEqual(['geolocation_data.country is missing'])
  expect(columnProblems(geolocationData, changed(geolocationData, 'country', { name: 'Country' }))).toEqual([
    'geolocation_data.country is missing (renamed? the table also has Country)',
  ])
  expect(
    columnProblems(
      geolocationData,
      changed(geolocationData, 'ind', { dataType: 'varchar', columnType: 'varchar(50)' }),
    ),
  ).toEqual([
    'geolocation_data.ind is varchar(50), expected int, integer, tinyint, smallint, mediumint, bigint',
  ])
})

test.each(['decimal', 'bit', 'blob', 'json'])('%s may not stand for a number', (dataType) => {
  expect(columnProblems(geolocationData, changed(geolocationData, 'latitude', { dataType }))).toHaveLength(1)
})

test.each(['timestamp', 'date', 'varchar', 'bigint'])('%s may not stand for a DATETIME', (dataType) => {
  expect(columnProblems(geolocationData, changed(geolocationData, 'timestamp', { dataType }))).toEqual([
    `geolocation_data.timestamp is ${dataType}, expected datetime`,
  ])
})
