import type { z } from 'zod'
import type { ColumnKind } from './column.ts'
import { normaliseDateTime } from './date-time.ts'
import type { Row, Table } from './table.ts'

/** Names of the record headers. */
export const headerNames = { runId: 'run-id', seq: 'seq', source: 'source', schema: 'schema' } as const

/** What is wrong with one column of a row. Neither field ever holds a value of the row. */
export type RowProblem = { readonly path: string; readonly reason: string }

export type RowCheck =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly problems: readonly RowProblem[] }

/**
 * The record's value: JSON with the columns in the table's order and no white space. A column that the row does not
 * have, or whose value JSON cannot carry exactly, throws a TypeError that names the column: call {@link checkRow} first.
 * Names that are not columns are left out.
 */
export function encodeRow(table: Table, row: Row): string {
  // The engine's own serialiser is twice as fast as joining the columns, and gives the same text for a row in wire order.
  if (isInWireOrder(table, row)) return JSON.stringify(row)
  const columns = table.columns.map(({ name }) => {
    const value = row[name]
    if (!isWireValue(value)) throw unencodable(table, name)
    return `"${name}":${JSON.stringify(value)}`
  })
  return `{${columns.join(',')}}`
}

/** Does the row have the table's columns in their order, nothing else, and only values that JSON carries exactly? */
function isInWireOrder({ columns }: Table, row: Row): boolean {
  // Only own columns are serialised. Anything but a plain object goes the slow way.
  if (Object.getPrototypeOf(row) !== Object.prototype) return false
  let at = 0
  // `in` rather than Object.keys: no array per row.
  for (const name in row) {
    if (columns[at]?.name !== name || !isWireValue(row[name])) return false
    at++
  }
  return at === columns.length
}

function isWireValue(value: unknown): boolean {
  return typeof value === 'string' || value === null || typeof value === 'boolean' || Number.isFinite(value)
}

function unencodable(table: Table, name: string): TypeError {
  return new TypeError(
    `The column ${table.name}.${name} holds nothing that JSON can carry: check the row first.`,
  )
}

/** The record's key: the post's index as decimal text. Throws a TypeError if the row has no such number. */
export function keyOf(table: Table, row: Row): string {
  const key = row[table.key]
  if (typeof key === 'number' && Number.isSafeInteger(key)) return String(key)
  throw new TypeError(`The key column ${table.name}.${table.key} holds no whole number: check the row first.`)
}

/**
 * Does `row` have every column of the table, nothing else, and in each a value that the MySQL column could hold?
 * The row that comes back has its columns in the table's order.
 */
export function checkRow(table: Table, row: unknown): RowCheck {
  const result = table.row.safeParse(row)
  if (result.success) return { ok: true, row: result.data }
  return { ok: false, problems: result.error.issues.flatMap((issue) => problemsOf(table, issue, row)) }
}

/** Header `schema` of a record: `pinterest_data@1`. */
export function schemaHeader(table: Table): string {
  return `${table.name}@${table.version}`
}

/** The row with every DATETIME column in wire form: what a source of JSON lines does before {@link checkRow}. */
export function normaliseDateTimes(table: Table, row: Row): Row {
  let changed: Record<string, unknown> | undefined
  for (const { name, kind } of table.columns) {
    const value = row[name]
    if (kind !== 'datetime' || typeof value !== 'string') continue
    const normal = normaliseDateTime(value)
    if (normal !== value) (changed ??= { ...row })[name] = normal
  }
  return changed ?? row
}

/** Unknown names come from outside: only what looks like a column's name is repeated. */
const plainName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/

function problemsOf(table: Table, issue: z.core.$ZodIssue, row: unknown): RowProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: plainName.test(key) ? key : '',
      reason: 'not a column of the table',
    }))
  }
  const path = issue.path.map(String).join('.')
  if (path === '') return [{ path, reason: `expected an object, found ${kindOf(row)}` }]
  const column = table.columns.find((candidate) => candidate.name === path)
  return [{ path, reason: reasonOf(issue, column?.kind ?? 'text', valueAt(row, path)) }]
}

function valueAt(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, name) : undefined
}

const expectedWords: Readonly<Record<ColumnKind, string>> = {
  integer: 'a whole number',
  number: 'a number',
  text: 'text',
  datetime: 'text',
}

function reasonOf(issue: z.core.$ZodIssue, kind: ColumnKind, value: unknown): string {
  if (value === undefined) return 'missing'
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${expectedWords[kind]}, found ${kindOf(value)}`
    case 'too_big':
    case 'too_small':
      return 'a number outside the range of the column'
    // These sentences are ours (column.ts). zod's own may quote what they compared, so they are not passed on.
    case 'custom':
    case 'invalid_format':
      return issue.message
    default:
      return 'not a value of the column'
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      if (!Number.isFinite(value)) return 'a number that is not finite'
      return Number.isInteger(value) ? 'a whole number' : 'a fraction'
    case 'object':
      return 'an object'
    case 'undefined':
      return 'nothing'
    default:
      return `a ${typeof value}`
  }
}
