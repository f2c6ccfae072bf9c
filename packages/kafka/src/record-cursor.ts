/** Cursors over records that are there already. */

import { type FetchedRecord, type RecordCursor } from './record-consumer.ts'

/** A cursor over records of a list. */
export function cursorOf(records: readonly FetchedRecord[]): RecordCursor {
  return new ListCursor(records, (record) => record)
}

/** What is left of a cursor, for callers that need no speed. Each record is valid until the next one is asked for. */
export function* recordsOf(cursor: RecordCursor): Generator<FetchedRecord> {
  for (; cursor.record !== undefined; cursor.advance()) yield cursor.record
}

/** A cursor over a list of something that becomes a record when it is looked at. */
export class ListCursor<T> implements RecordCursor {
  readonly #list: readonly T[]
  readonly #recordOf: (one: T) => FetchedRecord
  #at = 0
  #record: FetchedRecord | undefined

  constructor(list: readonly T[], recordOf: (one: T) => FetchedRecord) {
    this.#list = list
    this.#recordOf = recordOf
  }

  get record(): FetchedRecord | undefined {
    const one = this.#list[this.#at]
    return (this.#record ??= one === undefined ? undefined : this.#recordOf(one))
  }

  advance(): void {
    this.#at += 1
    this.#record = undefined
  }
}
