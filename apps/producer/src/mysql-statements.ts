/**
 * The SQL of the source, as texts. Identifiers come from the tables of the catalogue only, values are always bound.
 * No statement counts rows off from the start: a page begins after a key (hazard M3).
 */

import { quoteName } from '@pinpipe/schema/mysql-ddl'
import { type Table } from '@pinpipe/schema/table'

/** Rows of one page of {@link pageSql}. */
export const pageRows = 1000

/** Indexes of one {@link lookupSql}: always as many, so that the server keeps one prepared statement. */
export const lookupIndexes = 200

/** The next page after the key that is bound. */
export function pageSql(table: Table): string {
  const key = quoteName(table.key)
  return `SELECT ${columnList(table)} FROM ${quoteName(table.name)} WHERE ${key} > ? ORDER BY ${key} LIMIT ${pageRows}`
}

/** The rows of {@link lookupIndexes} bound indexes. */
export function lookupSql(table: Table): string {
  const places = Array.from({ length: lookupIndexes }, () => '?').join(',')
  return `SELECT ${columnList(table)} FROM ${quoteName(table.name)} WHERE ${quoteName(table.key)} IN (${places})`
}

/** First and last key of a table, NULL when it is empty. */
export function rangeSql(table: Table): string {
  const key = quoteName(table.key)
  return `SELECT MIN(${key}) AS first, MAX(${key}) AS last FROM ${quoteName(table.name)}`
}

/** The server's own estimate of the rows of each table; the names of the tables are bound. */
export function estimateSql(tables: readonly Table[]): string {
  const places = tables.map(() => '?').join(',')
  return (
    'SELECT TABLE_NAME AS tableName, TABLE_ROWS AS total FROM information_schema.tables' +
    ` WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${places})`
  )
}

/** The columns of the tables as the server describes them; the names of the tables are bound. */
export function columnsSql(tables: readonly Table[]): string {
  const places = tables.map(() => '?').join(',')
  // MySQL 8 returns the names of information_schema in capitals, MariaDB as written: hence the aliases.
  return (
    'SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType' +
    ` FROM information_schema.columns WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${places})` +
    ' ORDER BY TABLE_NAME, ORDINAL_POSITION'
  )
}

/** Fills a list of indexes up to {@link lookupIndexes} by repeating the last one, which changes no result. */
export function paddedIndexes(indexes: readonly number[]): readonly number[] {
  const last = indexes.at(-1) ?? 0
  return [...indexes, ...Array.from({ length: lookupIndexes - indexes.length }, () => last)]
}

function columnList(table: Table): string {
  return table.columns.map((column) => quoteName(column.name)).join(', ')
}
