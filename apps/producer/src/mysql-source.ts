/**
 * Posts from MySQL or MariaDB. The only file that imports mysql2.
 * Rule: `execute` only (exact FLOAT, nothing expands into SQL), strict options, short statements (hazards M1 to M8).
 */

import { type Socket } from 'node:net'
import { columnProblems } from '@pinpipe/schema/mysql-columns'
import { type Row, type Table } from '@pinpipe/schema/table'
import { Failure } from '@pinpipe/service/failure'
import { createConnection, type Connection } from 'mysql2/promise'
import { type IndexRange } from './draws.ts'
import { mergeByIndex, type RowPages } from './merge-by-index.ts'
import { type MysqlAddress } from './mysql-address.ts'
import { mysqlFailure } from './mysql-errors.ts'
import { driverOptions, type MysqlConnectOptions, socketTo } from './mysql-options.ts'
import { type SqlConnection, type SqlResult, SqlSession } from './mysql-session.ts'
import {
  columnsSql,
  estimateSql,
  lookupIndexes,
  lookupSql,
  paddedIndexes,
  pageRows,
  pageSql,
  rangeSql,
} from './mysql-statements.ts'
import { rowDecoder } from './mysql-values.ts'
import { type IndexedRows, type PostRows } from './post.ts'
import { type RowCounts, type Source } from './source.ts'

export type MysqlSourceOptions = MysqlConnectOptions & {
  readonly tables: readonly Table[]
  readonly retryForMs: number
  readonly stop: AbortSignal
  onRetry(failure: Failure, attempt: number): void
}

/** Connects and logs in. Throws a Failure: 4 refused, 5 unreachable, 1 unknown database. */
export async function openMysqlSource(options: MysqlSourceOptions): Promise<Source> {
  const session = new SqlSession({ ...options, connect: () => connectMysql(options) })
  await session.open()
  return new MysqlSource(session, options)
}

class MysqlSource implements Source {
  readonly name: string
  readonly #session: SqlSession
  readonly #tables: readonly Table[]
  readonly #address: MysqlAddress

  constructor(session: SqlSession, options: MysqlSourceOptions) {
    const { host, port, database } = options.address
    this.name = `mysql://${host}:${port}/${database}`
    this.#session = session
    this.#tables = options.tables
    this.#address = options.address
  }

  async check(): Promise<void> {
    const { rows } = await this.#session.execute(
      columnsSql(this.#tables),
      this.#tables.map((table) => table.name),
    )
    const problems = this.#tables.flatMap((table) => {
      const found = rows.filter((row) => row['tableName'] === table.name)
      if (found.length === 0)
        return [`the table ${table.name} is missing, or the user ${this.#address.user} may not read it`]
      return columnProblems(
        table,
        found.map((row) => ({
          name: String(row['name']),
          dataType: String(row['dataType']),
          columnType: String(row['columnType']),
        })),
      )
    })
    if (problems.length === 0) return
    throw new Failure(
      `the database ${this.#address.database} does not hold what the schemas declare: ${problems.join('; ')}; change the database or the schema, or leave the table out with --tables`,
    )
  }

  async counts(): Promise<RowCounts> {
    const { rows } = await this.#session.execute(
      estimateSql(this.#tables),
      this.#tables.map((table) => table.name),
    )
    return {
      rows: new Map(rows.map((row) => [String(row['tableName']), Number(row['total'])])),
      isExact: false,
    }
  }

  async range(): Promise<IndexRange | undefined> {
    let range: IndexRange | undefined
    for (const table of this.#tables) {
      const [row] = await this.#rows(rangeSql(table), [])
      const [first, last] = [row?.['first'], row?.['last']]
      if (typeof first !== 'number' || typeof last !== 'number') continue
      range = { first: Math.min(first, range?.first ?? first), last: Math.max(last, range?.last ?? last) }
    }
    return range
  }

  inOrder(): AsyncIterable<readonly IndexedRows[]> {
    return mergeByIndex(
      this.#tables.map((table) => this.#pages(table)),
      pageRows,
    )
  }

  async at(indexes: readonly number[]): Promise<ReadonlyMap<number, PostRows>> {
    const posts = new Map<number, Record<string, Row>>()
    for (let from = 0; from < indexes.length; from += lookupIndexes) {
      const values = paddedIndexes(indexes.slice(from, from + lookupIndexes))
      const results = await Promise.all(this.#tables.map((table) => this.#rows(lookupSql(table), values)))
      for (const [position, rows] of results.entries()) {
        const table = this.#tables[position]
        if (table === undefined) continue
        for (const row of rows) {
          const index = Number(row[table.key])
          const post = posts.get(index)
          if (post === undefined) posts.set(index, { [table.name]: row })
          else post[table.name] = row
        }
      }
    }
    return posts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]()
  }

  /** Pages of one table; the next one is asked for when the last one was handed out, so that MySQL reads ahead. */
  #pages(table: Table): RowPages {
    const sql = pageSql(table)
    const read = (after: number): Promise<readonly Row[]> => {
      const rows = this.#rows(sql, [after])
      // Whoever asks for the page hears of its failure; until then it must not end the process.
      rows.catch(() => undefined)
      return rows
    }
    let coming = read(Number.MIN_SAFE_INTEGER)
    return {
      table,
      next: async () => {
        const rows = await coming
        const last = rows.at(-1)?.[table.key]
        coming = typeof last === 'number' && rows.length === pageRows ? read(last) : Promise.resolve([])
        return rows
      },
    }
  }

  async #rows(sql: string, values: readonly number[]): Promise<readonly Row[]> {
    const { rows, columns } = await this.#session.execute(sql, values)
    return rows.map(rowDecoder(columns))
  }
}

/** One connection, logged in. Throws a Failure, as every statement on it does. */
export async function connectMysql(options: MysqlConnectOptions): Promise<SqlConnection> {
  const socket = socketTo(options.address)
  try {
    return sqlConnection(
      await createConnection({ ...driverOptions(options), stream: socket }),
      socket,
      options,
    )
  } catch (error) {
    socket.destroy()
    throw mysqlFailure(error, options.address)
  }
}

function sqlConnection(
  connection: Connection,
  socket: Socket,
  { address, timeoutMs }: MysqlConnectOptions,
): SqlConnection {
  // A connection that dies between two statements says so here only; the next statement finds it closed.
  connection.on('error', () => undefined)
  return {
    execute: async (sql, values): Promise<SqlResult> => {
      try {
        const [rows, columns] = await inTime(
          connection.execute<Array<Record<string, unknown> & RowMarker>>(sql, [...values]),
          timeoutMs,
        )
        return { rows, columns }
      } catch (error) {
        throw mysqlFailure(error, address)
      }
    },
    // The server hangs up when it gets the farewell; one that is gone is not waited for.
    close: async () => {
      await connection.end().catch(() => undefined)
      socket.setTimeout(timeoutMs, () => socket.destroy()).unref()
    },
    // mysql2's own `destroy` ends its half and waits for the other: with a silent server the socket stays for ever.
    destroy: () => void socket.destroy(),
  }
}

/** mysql2's own time-out begins only when a statement is prepared: a server that is silent before that is waited for for ever. */
async function inTime<T>(statement: Promise<T>, timeoutMs: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(Object.assign(new Error('no answer in time'), { code: 'PROTOCOL_SEQUENCE_TIMEOUT' })),
    timeoutMs,
  )
  try {
    return await Promise.race([statement, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** mysql2's name for an object row; the type itself is an `any` in disguise. */
type RowMarker = { readonly constructor: { readonly name: 'RowDataPacket' } }
