/** What Terraform knows of the tables: their topics, and their columns in the types of Glue and Athena. Pure. */
import type { ColumnKind } from '@pinpipe/schema/column'
import type { Table } from '@pinpipe/schema/table'

/**
 * The Glue (Hive) type of a column whose values lie in JSON lines. DATETIME text is what Athena calls "a java.sql.Timestamp
 * compatible format" and reads as `timestamp` (to the millisecond: further digits of a second are in the object, not in an answer).
 * FLOAT becomes `double`: its JSON number keeps the digits that the source printed.
 */
const glueTypes: Readonly<Record<ColumnKind, string>> = {
  integer: 'int',
  number: 'double',
  text: 'string',
  datetime: 'timestamp',
}

/** The text of `infra/catalogue.json`. */
export function glueCatalogue(tables: readonly Table[]): string {
  const entries = tables.map(({ name, topicSuffix, version, description, columns }) => ({
    name,
    topic_suffix: topicSuffix,
    version,
    description,
    columns: columns.map((column) => ({
      name: column.name,
      type: glueTypes[column.kind],
      comment: column.description,
    })),
  }))
  return `${JSON.stringify({ tables: entries }, null, 2)}\n`
}
