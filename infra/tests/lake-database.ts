/**
 * DuckDB in Athena's place: a view for each Glue table, over exactly the places that its partition projection names, with
 * exactly its column types, and Athena's hidden column `$path`.
 */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api'
import { type GlueTable, projectedPartitions } from './glue-tables.ts'

export type Answer = Readonly<Record<string, Json>>

/** Types of Glue, as DuckDB calls them. */
const duckTypes: Readonly<Record<string, string>> = {
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  timestamp: 'TIMESTAMP',
  'array<string>': 'VARCHAR[]',
}

export class LakeDatabase implements Disposable {
  readonly #connection: DuckDBConnection
  readonly #root: string

  private constructor(connection: DuckDBConnection, root: string) {
    this.#connection = connection
    this.#root = root
  }

  /** Views of the tables over `root`, which stands for `s3://`. @throws Error for a type that is not known here */
  static async open(tables: Iterable<GlueTable>, root: string): Promise<LakeDatabase> {
    // Nothing is to be downloaded: JSON and gzip are built in.
    const config = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' }
    const database = new LakeDatabase(await (await DuckDBInstance.create(':memory:', config)).connect(), root)
    for (const table of tables)
      // oxlint-disable-next-line no-await-in-loop -- one connection
      await database.#connection.run(`CREATE VIEW "${table.name}" AS ${await database.#rowsOf(table)}`)
    return database
  }

  /** The answer's rows: whole numbers beyond 2^31 and times as text. @throws Error of DuckDB */
  async ask(sql: string): Promise<readonly Answer[]> {
    const answer = await this.#connection.runAndReadAll(sql)
    return answer.getRowObjectsJson()
  }

  [Symbol.dispose](): void {
    this.#connection.closeSync()
  }

  /** The local folder of an S3 location. */
  folderOf(location: string): string {
    return location.replace('s3:/', this.#root)
  }

  async #rowsOf(table: GlueTable): Promise<string> {
    const keys = table.partitionKeys.map(({ name, type }) => ({ name, type: duckTypeOf(type) }))
    const columns = table.columns.map(({ name, type }) => ({ name, type: duckTypeOf(type) }))
    const types = columns.map(({ name, type }) => `'${name}': '${type}'`).join(', ')
    const nothing = [...columns, ...keys, { name: '$path', type: 'VARCHAR' }]
    const selects = [
      `SELECT ${nothing.map(({ name, type }) => `NULL::${type} AS "${name}"`).join(', ')} WHERE false`,
    ]
    for (const { values, location } of projectedPartitions(table)) {
      const folder = this.folderOf(location)
      // A projected partition without a folder is empty, as in Athena.
      if (!existsSync(folder)) continue
      // oxlint-disable-next-line no-await-in-loop -- a few local folders
      const files = (await readdir(folder)).map((name) => `'${join(folder, name)}'`)
      const names = columns.map(({ name }) => `"${name}"`).join(', ')
      const partition = keys.map(({ name, type }) => `'${values[name]}'::${type} AS "${name}"`).join(', ')
      selects.push(
        `SELECT ${names}, ${partition}, filename AS "$path" FROM read_json([${files.join(', ')}], ` +
          `format = 'newline_delimited', columns = {${types}}, filename = true, hive_partitioning = false)`,
      )
    }
    return selects.join(' UNION ALL ')
  }
}

function duckTypeOf(glueType: string): string {
  const type = duckTypes[glueType]
  if (type === undefined) throw new Error(`The Glue type ${glueType} is not known here.`)
  return type
}
