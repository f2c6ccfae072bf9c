/** `--validate`: what a record's value has to be before it becomes part of a data object. */
import { isUtf8 } from 'node:buffer'
import { tableOfTopic } from '@pinpipe/schema/catalogue'
import type { Table } from '@pinpipe/schema/table'
import { checkRow } from '@pinpipe/schema/wire'
import type { Format } from './encoder.ts'
import { jsonReader, type JsonReader } from './json-value.ts'
import { scanJson, withoutSpace } from './json-text.ts'
import { reject, rejectRow, type Rejection } from './reject.ts'

export type Validation = 'schema' | 'json' | 'none'

/** The value as one line of JSON (the very bytes if they fit on a line), or why it cannot be one. */
export type RecordCheck = (value: Buffer) => Uint8Array | Rejection

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * How the values of a topic are checked. Without a choice: `schema` for topics of the catalogue, `json` for others; nothing
 * for `raw`, which takes any bytes. Parquet is made of rows: it always wants the schema.
 * @returns the check; undefined if the schema is asked for and the topic has none.
 */
export function checkOf(
  topic: string,
  choice: Validation | undefined,
  format: Format,
  read: JsonReader = jsonReader(),
): RecordCheck | undefined {
  const table = tableOfTopic(topic)
  const validation = format === 'parquet' ? 'schema' : (choice ?? defaultFor(format, table))
  if (validation === 'schema') return table === undefined ? undefined : rowOf(table, read)
  if (validation === 'json') return checkedJson
  if (format === 'raw') return (value) => value
  // The value becomes a part of the envelope's own JSON: a line of that format needs it to be JSON.
  return format === 'envelope' ? checkedJson : uncheckedLine
}

function defaultFor(format: Format, table: Table | undefined): Validation {
  if (format === 'raw') return 'none'
  return table === undefined ? 'json' : 'schema'
}

/** Well-formed JSON, on one line. */
function checkedJson(value: Buffer): Uint8Array | Rejection {
  const shape = scanJson(value)
  if (shape === 'line') return value
  if (shape === 'lines') return withoutSpace(value)
  return reject(value.length === 0 ? 'no-value' : shape)
}

/** Anything that fits on one line. A value over several lines has to be JSON: only then their ends can be taken out. */
function uncheckedLine(value: Buffer): Uint8Array | Rejection {
  const isOneLine = !value.includes(lineFeed) && !value.includes(carriageReturn)
  return value.length > 0 && isOneLine ? value : checkedJson(value)
}

function rowOf(table: Table, read: JsonReader): RecordCheck {
  return (value) => {
    if (!isUtf8(value)) return reject('not-utf8')
    const row = read(value)
    if (row === undefined) return reject(value.length === 0 ? 'no-value' : 'not-json')
    const check = checkRow(table, row)
    if (!check.ok) return rejectRow(check.problems)
    return value.includes(lineFeed) || value.includes(carriageReturn) ? withoutSpace(value) : value
  }
}
