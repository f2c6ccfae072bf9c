/** Joins the rows of several tables by their index while they stream by: no table is held in memory. */

import { type Row, type Table } from '@pinpipe/schema/table'
import { Failure } from '@pinpipe/service/failure'
import { type IndexedRows } from './post.ts'

/** Pages of rows of one table by ascending key. `next` gives an empty page at the end. */
export type RowPages = { readonly table: Table; next(): Promise<readonly Row[]> }

type Cursor = {
  readonly table: Table
  readonly next: () => Promise<readonly Row[]>
  rows: readonly Row[]
  position: number
}

/**
 * One entry per index that any of the tables has, by ascending index, in pages of about `pageSize`.
 * Keys must ascend in every table.
 */
export async function* mergeByIndex(
  tables: readonly RowPages[],
  pageSize: number,
): AsyncGenerator<readonly IndexedRows[]> {
  const cursors: Cursor[] = await Promise.all(
    tables.map(async (pages) => ({
      table: pages.table,
      next: () => pages.next(),
      rows: await pages.next(),
      position: 0,
    })),
  )
  let page: IndexedRows[] = []
  for (;;) {
    const index = smallestKey(cursors)
    if (index === undefined) break
    const rows: Record<string, Row> = {}
    for (const cursor of cursors) {
      const row = cursor.rows[cursor.position]
      if (row?.[cursor.table.key] !== index) continue
      rows[cursor.table.name] = row
      if (++cursor.position < cursor.rows.length) continue
      cursor.rows = await cursor.next()
      cursor.position = 0
    }
    page.push({ index, rows })
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** Throws a Failure for a key that is no exact number: going on would lose the rest of the table. */
function smallestKey(cursors: readonly Cursor[]): number | undefined {
  let smallest: number | undefined
  for (const { table, rows, position } of cursors) {
    const row = rows[position]
    if (row === undefined) continue
    const key = row[table.key]
    if (typeof key !== 'number')
      throw new Failure(`${table.name}.${table.key} holds a key that is not a whole number below 2^53`)
    if (smallest === undefined || key < smallest) smallest = key
  }
  return smallest
}
