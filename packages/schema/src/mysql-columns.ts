import type { Column, ColumnKind } from './column.ts'
import type { Table } from './table.ts'

/** One row of `information_schema.columns`. */
export type ActualColumn = {
  readonly name: string
  /** `DATA_TYPE`, e.g. `varchar`. */
  readonly dataType: string
  /** `COLUMN_TYPE`, e.g. `varchar(50)`: only for the sentence. */
  readonly columnType?: string
}

/**
 * Types whose values travel in the same form as the declared one. Whether a value fits is the row check's question.
 * Not here, on purpose: DECIMAL travels as text, and the text of a TIMESTAMP depends on the zone of the session.
 */
const acceptedTypes: Readonly<Record<ColumnKind, readonly string[]>> = {
  integer: ['int', 'integer', 'tinyint', 'smallint', 'mediumint', 'bigint'],
  number: ['float', 'double'],
  text: ['varchar', 'char', 'text', 'tinytext', 'mediumtext', 'longtext', 'enum'],
  datetime: ['datetime'],
}

/** The `DATA_TYPE`s of `information_schema.columns` that may stand for a column, the declared one first. */
export function acceptedDataTypes(column: Column): readonly string[] {
  const declared = column.mysqlType.replace(/\(.*/, '').toLowerCase()
  return [declared, ...acceptedTypes[column.kind].filter((type) => type !== declared)]
}

/**
 * What stands between a table of a database and the declared one: a sentence for each column that is missing, renamed
 * or of another type, beginning with `table.column`. Empty if rows can be read.
 *
 * Columns that the declaration does not have are fine, NOT NULL or not: pinpipe selects its columns by name and never
 * inserts. The order is not compared either. Names are compared exactly: MySQL ignores their case, JSON readers do not.
 */
export function columnProblems(table: Table, actual: readonly ActualColumn[]): string[] {
  const declared = new Set(table.columns.map((column) => column.name))
  const unknown = actual.map((column) => column.name).filter((name) => !declared.has(name))
  return table.columns.flatMap((column) => {
    const name = `${table.name}.${column.name}`
    const found = actual.find((candidate) => candidate.name === column.name)
    if (found === undefined) return [`${name} is missing${renameHint(unknown)}`]
    const accepted = acceptedDataTypes(column)
    if (accepted.includes(found.dataType.toLowerCase())) return []
    return [`${name} is ${found.columnType ?? found.dataType}, expected ${accepted.join(', ')}`]
  })
}

function renameHint(unknown: readonly string[]): string {
  return unknown.length === 0 ? '' : ` (renamed? the table also has ${unknown.join(', ')})`
}
