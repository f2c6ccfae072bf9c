/** The proof that the log still is the one that was stored: its record at the tail's offset has the tail's digest. */
import type { RecordCursor, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { tailChanged } from './halt.ts'
import type { Tail } from './link.ts'
import { digestOfRecord } from './record-digest.ts'

export class TailProof {
  readonly #at: TopicPartition
  readonly #tail: Tail

  constructor(at: TopicPartition, tail: Tail) {
    this.#at = at
    this.#tail = tail
  }

  /** Takes the first record that was read from the tail's offset on. Throws a PartitionHalt when it is another one. */
  check(records: RecordCursor): void {
    const { record } = records
    if (record === undefined || record.offset !== this.#tail.offset) return this.isGone()
    if (digestOfRecord(record) !== this.#tail.digest) throw tailChanged(this.#at, this.#tail)
  }

  /** Nothing is at the tail's offset. */
  isGone(): void {
    throw tailChanged(this.#at, this.#tail)
  }
}
