import { z } from 'zod'
import type { Table } from './table.ts'
import { schemaHeader } from './wire.ts'

/** JSON Schema (draft 2020-12) of a record's value. Its title is what the record's header `schema` says. */
export function jsonSchemaOf(table: Table): object {
  return { ...z.toJSONSchema(table.row, { target: 'draft-2020-12' }), title: schemaHeader(table) }
}
