/** The rows of `../shared/data`, where that folder lies beside the checkout, and how to load them into MySQL. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogue } from '@pinpipe/schema/catalogue'
import { createTableSql } from '@pinpipe/schema/mysql-ddl'
import { type Table } from '@pinpipe/schema/table'
// oxlint-disable-next-line no-restricted-imports -- the test's own connection
import { createConnection } from 'mysql2/promise'

export type RealRow = Readonly<Record<string, string | number>>

const folder = join(process.env['SHARED'] ?? join(import.meta.dirname, '../../shared'), 'data/pinterest')

export const hasRealRows = existsSync(folder)

/** All rows of one table, as the file holds them. */
export const realRows = (table: Table): readonly RealRow[] =>
  readFileSync(join(folder, `${table.topicSuffix}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RealRow)

/** Creates the three tables in an empty database and fills them, each value through MySQL's own types. */
export async function loadRealRows(url: string, password: string): Promise<void> {
  const connection = await createConnection({ uri: url, password, charset: 'utf8mb4' })
  try {
    for (const table of catalogue) {
      // One connection: the statements go one after the other anyway.
      // oxlint-disable-next-line no-await-in-loop
      await connection.query(createTableSql(table))
      const columns = table.columns.map(({ name }) => name)
      const rows = realRows(table).map((row) => columns.map((column) => row[column]))
      // oxlint-disable-next-line no-await-in-loop
      await connection.query('INSERT INTO ?? (??) VALUES ?', [table.name, columns, rows])
    }
  } finally {
    await connection.end()
  }
}
