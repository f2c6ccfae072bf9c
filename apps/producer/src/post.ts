/** A post as it goes through the producer: the rows of all tables that share one index. */

import { type Row } from '@pinpipe/schema/table'

/** Rows by table name. A table without a row of the post's index is not in it. */
export type PostRows = Readonly<Record<string, Row>>

export type IndexedRows = { readonly index: number; readonly rows: PostRows }

/** `pauseMs` is the pause before the post, 0 but in the mode `emulate`. */
export type Post = IndexedRows & { readonly pauseMs: number }
