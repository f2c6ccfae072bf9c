/** What becomes one object of a range, while it is being collected: its lines, and what its link will say of them. */
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import { Content, type Framing } from './content.ts'
import type { MemoryBudget } from './memory-budget.ts'

export class RangeFile {
  readonly kind: 'data' | 'dead'
  /** Between topic and name: `partition=0`. */
  readonly path: string
  readonly content: Content
  #records = 0
  #first = 0n
  #last = 0n
  #minTimestamp = 0n
  #maxTimestamp = 0n

  constructor(kind: 'data' | 'dead', path: string, budget: MemoryBudget, framing: Framing = 'line') {
    this.kind = kind
    this.path = path
    this.content = new Content(budget, framing)
  }

  get records(): number {
    return this.#records
  }
  /** Offsets of its first and last record. */
  get first(): bigint {
    return this.#first
  }
  get last(): bigint {
    return this.#last
  }
  get minTimestamp(): bigint {
    return this.#minTimestamp
  }
  get maxTimestamp(): bigint {
    return this.#maxTimestamp
  }

  /** Copies the bytes of the record. False when the memory budget has no room: nothing is taken then. */
  add(bytes: Uint8Array, { offset, timestamp }: FetchedRecord, beyondBudget: boolean): boolean {
    if (!this.content.write(bytes, beyondBudget)) return false
    if (this.#records === 0) {
      this.#first = offset
      this.#minTimestamp = this.#maxTimestamp = timestamp
    } else if (timestamp < this.#minTimestamp) this.#minTimestamp = timestamp
    else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
    this.#last = offset
    this.#records++
    return true
  }
}
