/**
 * Rows of Parquet files, read by DuckDB, in a text that the row of a record's JSON has as well: members by name, numbers
 * as numbers, times without trailing zeros, nothing for null.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { StoredRecord } from './check-contents.ts'
import { digestOf } from './digest.ts'
import type { LineOf } from './partition-log.ts'

/** The rows of a file in its order. @throws DuckDB's error for what is no Parquet file */
export async function parquetRecords(bytes: Buffer): Promise<readonly StoredRecord[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinpipe-parquet-'))
  try {
    const file = join(folder, 'rows.parquet')
    await writeFile(file, bytes)
    const duckdb = await DuckDBInstance.create(':memory:')
    const connection = await duckdb.connect()
    const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`)
    const rows = result.getRowObjectsJson()
    connection.closeSync()
    duckdb.closeSync()
    return rows.map((row) => ({ line: digestOf(rowText(row)) }))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The row of a record's value; undefined for a value that is no row. */
export const parquetLine: LineOf = (value) => {
  if (value === null) return undefined
  try {
    return Buffer.from(rowText(JSON.parse(value.toString())))
  } catch {
    return undefined
  }
}

function rowText(row: unknown): string {
  if (typeof row !== 'object' || row === null) throw new TypeError('no row')
  const members = Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? timeText(value) : (value as unknown)])
  return JSON.stringify(members.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

/** `2020-08-28 03:52:47.500000` is `2020-08-28 03:52:47.5`. */
const timeText = (text: string): string =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text
