/** A table as a Parquet schema, and its values as Parquet's. */
import type { Column } from '@pinpipe/schema/column'
import type { Table } from '@pinpipe/schema/table'
import type { SchemaElement } from 'hyparquet-writer'

/** The root and its columns, in the table's order. A column that takes no NULL is required. */
export function parquetSchema({ name, columns }: Table): SchemaElement[] {
  return [{ name, num_children: columns.length }, ...columns.map(elementOf)]
}

/** The value of a column as the writer wants it: DATETIME is text on the wire, a moment without a zone in Parquet. */
export function parquetValue(column: Column, value: unknown): unknown {
  return column.kind === 'datetime' && typeof value === 'string' ? microsecondsOf(value) : value
}

function elementOf({ name, kind, nullable }: Column): SchemaElement {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED'
  switch (kind) {
    case 'integer':
      return { name, repetition_type, type: 'INT32' }
    case 'number':
      // The wire may carry more digits than a FLOAT has.
      return { name, repetition_type, type: 'DOUBLE' }
    case 'text':
      return { name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8' }
    default: {
      const logical_type = { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } as const
      return { name, repetition_type, type: 'INT64', logical_type }
    }
  }
}

/** Since 1970, as if the text were UTC. `YYYY-MM-DD HH:MM:SS[.ffffff]`. */
function microsecondsOf(text: string): bigint {
  const seconds = BigInt(Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`)) / 1_000n
  return seconds * 1_000_000n + BigInt(text.slice(20).padEnd(6, '0'))
}
