/** The proof that the log still is the one that was stored: its record at the tail's offset has the tail's digest. */
import type { RecordCursor, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { tailChanged } from './halt.ts'
import type { Tail } from './link.ts'
import { digestOfRecord } from './record-digest.ts'

export class TailProof {
  readonly #at: TopicPartition
  readonly #tail: Tail
  readonly #isCompacted: () => Promise<boolean>

  /** @param isCompacted whether the topic may have lost the record to log compaction; asked only when it is not there */
  constructor(at: TopicPartition, tail: Tail, isCompacted: () => Promise<boolean>) {
    this.#at = at
    this.#tail = tail
    this.#isCompacted = isCompacted
  }

  /** Looks at the first of what was read from the tail's offset on. Rejects with a PartitionHalt when it is another record. */
  async check(records: RecordCursor): Promise<void> {
    while (records.record !== undefined && records.record.offset < this.#tail.offset) records.advance()
    const { record } = records
    if (record?.offset !== this.#tail.offset) await this.requireCompacted()
    else if (digestOfRecord(record) !== this.#tail.digest) throw tailChanged(this.#at, this.#tail)
  }

  /** Nothing is at the tail's offset. Rejects with a PartitionHalt unless the topic is compacted. */
  async requireCompacted(): Promise<void> {
    if (!(await this.#isCompacted())) throw tailChanged(this.#at, this.#tail)
  }
}
