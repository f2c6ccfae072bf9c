/** The records of some batches, one after the other: one object for each batch, none for a record. */

import { type FetchedRecord, type RecordCursor } from '../record-consumer.ts'
import { type BatchRecords, RecordView } from './record-view.ts'

export class BatchCursor implements RecordCursor {
  readonly #batches: BatchRecords[]
  #record: RecordView | undefined

  /** @param from records before this offset are passed over: a batch comes whole, also when it was asked for its middle. */
  constructor(batches: readonly BatchRecords[], from: bigint) {
    this.#batches = [...batches]
    this.#record = this.#nextBatch()
    this.advance()
    while (this.#record !== undefined && this.#record.offset < from) this.advance()
  }

  get record(): FetchedRecord | undefined {
    return this.#record
  }

  advance(): void {
    while (this.#record !== undefined && !this.#record.next()) this.#record = this.#nextBatch()
  }

  #nextBatch(): RecordView | undefined {
    const batch = this.#batches.shift()
    return batch && new RecordView(batch)
  }
}
