/** Makes records of admitted posts. Owns `seq`, which counts the records of a run from 1 without gaps. */

import { topicOf } from '@pinpipe/schema/catalogue'
import { encodeRow, keyOf } from '@pinpipe/schema/wire'
import { type Table } from '@pinpipe/schema/table'
import { type AdmittedPost } from './post-gate.ts'

/** `value` is the JSON text of the row. */
export type EncodedRecord = {
  readonly topic: string
  readonly table: Table
  readonly key: string
  readonly value: string
  readonly seq: number
}

export class RecordEncoder {
  readonly #topics: ReadonlyMap<string, string>
  #seq = 0

  /** Throws TopicPrefixError when a topic cannot have this prefix. */
  constructor(options: { readonly prefix: string; readonly tables: readonly Table[] }) {
    this.#topics = new Map(options.tables.map((table) => [table.name, topicOf(options.prefix, table)]))
  }

  /** The topics of the run, in the order of the tables. */
  get topics(): readonly string[] {
    return [...this.#topics.values()]
  }

  /** The records of the posts, in the order of posts and tables. */
  encode(posts: readonly AdmittedPost[]): readonly EncodedRecord[] {
    const records: EncodedRecord[] = []
    for (const { rows } of posts) {
      for (const { table, row } of rows) {
        const topic = this.#topics.get(table.name) ?? table.topicSuffix
        records.push({ topic, table, key: keyOf(table, row), value: encodeRow(table, row), seq: ++this.#seq })
      }
    }
    return records
  }
}
