// The three tables with sample rows as SQL: for `pnpm stack up` and for the MySQL of compose.yaml. Pure.
import { catalogue } from '@pinpipe/schema/catalogue'
import { createTableSql, quoteName } from '@pinpipe/schema/mysql-ddl'
import { type Table } from '@pinpipe/schema/table'
import { type Post, samplePosts } from '@pinpipe/sample-data/generator'
// oxlint-disable-next-line no-restricted-imports -- only its quoting of values
import { format } from 'mysql2'

const rowsOfStatement = 500

/**
 * Statements (no semicolons) that make the tables where they are missing and fill them. Rows that exist are left alone.
 * @param options.posts number of posts: each is one row in each table
 */
export function* sampleTablesSql(options: { seed: number; posts: number }): Generator<string> {
  for (const table of catalogue) yield createTableSql(table, { ifNotExists: true })
  let pending: Post[] = []
  for (const post of samplePosts(options)) {
    pending.push(post)
    if (pending.length < rowsOfStatement) continue
    for (const table of catalogue) yield insertSql(table, pending)
    pending = []
  }
  if (pending.length > 0) for (const table of catalogue) yield insertSql(table, pending)
}

function insertSql(table: Table, posts: readonly Post[]): string {
  const names = table.columns.map(({ name }) => name)
  const rows = posts.map((post) => {
    const row = post.rows[table.name] ?? {}
    return format(
      `(${names.map(() => '?').join(', ')})`,
      names.map((name) => sqlValue(row[name])),
    )
  })
  return `INSERT IGNORE INTO ${quoteName(table.name)} (${names.map(quoteName).join(', ')}) VALUES\n${rows.join(',\n')}`
}

function sqlValue(value: unknown): string | number | null {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value
  throw new TypeError('A sample row holds something that is neither text nor number nor NULL.')
}

/** The init script of compose.yaml's MySQL: few rows, so that the file stays small. */
export function composeInitSql(): string {
  const head =
    '-- Made by packages/local-stack/src/write-compose-init.ts: do not edit.\nSET NAMES utf8mb4;\nUSE pinpipe;\n'
  const statements = [...sampleTablesSql({ seed: 1, posts: 100 })]
  return `${head}${statements.map((statement) => `${statement};\n`).join('')}`
}
