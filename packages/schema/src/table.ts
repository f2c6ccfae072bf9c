import { z } from 'zod'
import type { Column } from './column.ts'

export type { Column } from './column.ts'

/** One row: column name → value as it travels (number, text or null). */
export type Row = Readonly<Record<string, unknown>>

/** What pinpipe knows of one MySQL table. Everything else (DDL, JSON Schema, encoding, topic) is derived from it. */
export type Table = TableDefinition & {
  /** A strict zod object of one row as it travels: every column, nothing else. */
  readonly row: z.ZodObject
}

export type TableDefinition = {
  readonly name: string
  /** The topic is `<prefix>.<topicSuffix>`. */
  readonly topicSuffix: string
  /** The column that holds the post's index: primary key, and key of the record. */
  readonly key: string
  /** Raised whenever columns change, so that a reader can tell old records from new ones (header `schema`). */
  readonly version: number
  readonly description: string
  /** In wire order. */
  readonly columns: readonly Column[]
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const suffix = /^[A-Za-z0-9_-]{1,100}$/

/**
 * Completes a definition to a {@link Table}.
 * Throws a TypeError if the definition contradicts itself (a bad name, no key column, a column twice): a mistake in the code.
 */
export function defineTable(definition: TableDefinition): Table {
  const problem = mistakeIn(definition)
  if (problem !== undefined)
    throw new TypeError(`The definition of the table ${definition.name} is wrong: ${problem}.`)
  const shape = Object.fromEntries(definition.columns.map((column) => [column.name, column.schema]))
  return { ...definition, row: z.strictObject(shape).describe(definition.description) }
}

function mistakeIn({ name, topicSuffix, key, version, columns }: TableDefinition): string | undefined {
  const names = columns.map((column) => column.name)
  const badName = [name, ...names].find((candidate) => !identifier.test(candidate))
  if (badName !== undefined) return `${JSON.stringify(badName)} is not a plain SQL name`
  if (!suffix.test(topicSuffix))
    return `the topic suffix ${JSON.stringify(topicSuffix)} may hold only letters, digits, _ and -`
  if (new Set(names.map((candidate) => candidate.toLowerCase())).size < names.length)
    return 'a column stands twice'
  const keyColumn = columns.find((column) => column.name === key)
  if (keyColumn?.kind !== 'integer' || keyColumn.nullable)
    return `the key ${key} is not an integer column without NULL`
  if (!Number.isSafeInteger(version) || version < 1) return 'the version is not a whole number from 1'
  return undefined
}
