/**
 * Decides which rows go on: every row is checked against its schema, every post for missing partners. Bad rows have
 * one door, `#reject`; a rejected row is then a missing one, so that half a post is only sent when that was asked for.
 */

import { checkRow } from '@pinpipe/schema/wire'
import { type Row, type Table } from '@pinpipe/schema/table'
import { Failure } from '@pinpipe/service/failure'
import { type ProducerEvents } from './events.ts'
import { type Post } from './post.ts'
import { type OnInvalid } from './setting-values.ts'
import { type Tally } from './tally.ts'

/** A row that its schema refused. `row` may hold anything: it goes to the dead-row file, never to a log. */
export type RejectedRow = {
  readonly table: string
  readonly index: number
  readonly problems: readonly { readonly path: string; readonly reason: string }[]
  readonly row: unknown
}

/** Rows of a post that fit, in the order of the tables. */
export type AdmittedPost = {
  readonly index: number
  readonly rows: readonly { readonly table: Table; readonly row: Row }[]
}

/** `failure`: the run must stop, after what was admitted before it is sent. */
export type Admission = {
  readonly posts: readonly AdmittedPost[]
  readonly rejected: readonly RejectedRow[]
  readonly failure?: Failure
}

export class PostGate {
  readonly #tables: readonly Table[]
  readonly #onMissing: 'skip' | 'partial' | 'fail'
  readonly #onInvalid: OnInvalid
  readonly #events: ProducerEvents
  readonly #tally: Tally

  constructor(options: {
    readonly tables: readonly Table[]
    readonly onMissing: 'skip' | 'partial' | 'fail'
    readonly onInvalid: OnInvalid
    readonly events: ProducerEvents
    readonly tally: Tally
  }) {
    this.#tables = options.tables
    this.#onMissing = options.onMissing
    this.#onInvalid = options.onInvalid
    this.#events = options.events
    this.#tally = options.tally
  }

  admit(posts: readonly Post[]): Admission {
    const admitted: AdmittedPost[] = []
    const rejected: RejectedRow[] = []
    let skipped = 0
    let failure: Failure | undefined
    let read = 0
    for (const post of posts) {
      read++
      const before = rejected.length
      const rows = this.#fittingRows(post, rejected)
      failure = this.#failureOf(post, rows.length, rejected[before])
      if (failure !== undefined) break
      if (rows.length === this.#tables.length || (this.#onMissing === 'partial' && rows.length > 0)) {
        admitted.push({ index: post.index, rows })
      } else skipped++
    }
    this.#tally.postsRead += read
    this.#tally.skipped += skipped
    this.#tally.invalid += rejected.length
    this.#events.postsRead({ count: read })
    if (skipped > 0) this.#events.postsSkipped({ count: skipped })
    return { posts: admitted, rejected, ...(failure === undefined ? {} : { failure }) }
  }

  #fittingRows(post: Post, rejected: RejectedRow[]): AdmittedPost['rows'] {
    const rows: { table: Table; row: Row }[] = []
    for (const table of this.#tables) {
      const row = post.rows[table.name]
      if (row === undefined) continue
      const check = checkRow(table, row)
      if (check.ok) rows.push({ table, row: check.row })
      else
        rejected.push(this.#reject({ table: table.name, index: post.index, problems: check.problems, row }))
    }
    return rows
  }

  #reject(row: RejectedRow): RejectedRow {
    this.#events.rowRejected({ table: row.table, index: row.index, problems: row.problems })
    return row
  }

  #failureOf(post: Post, rows: number, rejected: RejectedRow | undefined): Failure | undefined {
    if (rejected !== undefined && this.#onInvalid.kind === 'fail') {
      const why = rejected.problems
        .map(({ path, reason }) => `${rejected.table}.${path} is ${reason}`)
        .join('; ')
      return new Failure(
        `the row of post ${post.index} does not fit: ${why}; correct it, or choose --on-invalid skip or dead:<file>`,
      )
    }
    if (rows < this.#tables.length && this.#onMissing === 'fail') {
      const missing = this.#tables
        .filter((table) => post.rows[table.name] === undefined)
        .map((table) => table.name)
      const what = missing.length === 0 ? 'a row that was rejected' : `no row in ${missing.join(', ')}`
      return new Failure(`post ${post.index} has ${what}: add it, or choose --on-missing skip or partial`)
    }
    return undefined
  }
}
