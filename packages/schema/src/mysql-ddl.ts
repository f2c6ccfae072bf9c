import type { Column } from './column.ts'
import type { Table } from './table.ts'

/**
 * `CREATE TABLE` for MySQL 8.4 and MariaDB 10.11. Names are quoted (`index` is a reserved word), text is utf8mb4 in the
 * server's own collation. With `ifNotExists` an existing table is left alone. No trailing semicolon.
 */
export function createTableSql(table: Table, options: { readonly ifNotExists?: boolean } = {}): string {
  const lines = [...table.columns.map(columnSql), `PRIMARY KEY (${quoteName(table.key)})`]
  const head = `CREATE TABLE ${options.ifNotExists === true ? 'IF NOT EXISTS ' : ''}${quoteName(table.name)}`
  const comment = quoteText(table.description)
  return `${head} (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT=${comment}`
}

/** A name in backticks, for use in a statement. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function columnSql(column: Column): string {
  const nothing = column.nullable ? 'NULL' : 'NOT NULL'
  return `${quoteName(column.name)} ${column.mysqlType} ${nothing} COMMENT ${quoteText(column.description)}`
}

/** Doubling is right in every `sql_mode`; a backslash means two things, so it is refused rather than guessed. */
function quoteText(value: string): string {
  if (value.includes('\\'))
    throw new TypeError('A description must not hold a backslash: its meaning depends on sql_mode.')
  return `'${value.replaceAll("'", "''")}'`
}
