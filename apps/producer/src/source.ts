/** The one shape that every source of posts has: MySQL, the generator, files. */

import { type IndexRange } from './draws.ts'
import { type IndexedRows, type PostRows } from './post.ts'

export interface Source extends AsyncDisposable {
  /** Where the posts come from, for sentences and logs; never with a secret. */
  readonly name: string
  /** Refuses to start (throws a Failure) when the source is not what the tables say. Called once, before anything else. */
  check(): Promise<void>
  /** Rows of each table: for plans and progress only, because a database can count a large table no faster than read it. */
  counts(): Promise<RowCounts>
  /** The smallest and the largest index; undefined when there is no row at all. */
  range(): Promise<IndexRange | undefined>
  /** All posts by ascending index, in pages of at most about a thousand; each index once. */
  inOrder(): AsyncIterable<readonly IndexedRows[]>
  /** The rows of these indexes. An index without any row is not in the map. */
  at(indexes: readonly number[]): Promise<ReadonlyMap<number, PostRows>>
}

/** Rows by table name. `isExact` is false where the source estimates. */
export type RowCounts = { readonly rows: ReadonlyMap<string, number>; readonly isExact: boolean }
