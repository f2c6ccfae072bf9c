/** A range of partition 0 of topic `t`, sealed. */
import type { FetchedRecord, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { cursorOf } from '@pinpipe/kafka/record-cursor'
import type { ChosenSettings } from '../chain/output-settings.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { OpenRange, type SealedRange } from '../range.ts'
import { encodingWith } from './encodings.ts'
import { at } from './records.ts'

export type SealedOptions = Partial<ChosenSettings> & {
  readonly at?: TopicPartition
  readonly budget?: MemoryBudget
  readonly plannedAtMs?: number
  /** The last offset, when it is behind the records. */
  readonly end?: bigint
}

/** It begins at offset 0 and holds these records. */
export function sealedRange(records: readonly FetchedRecord[], options: SealedOptions = {}): SealedRange {
  const { at: place = at, budget = new MemoryBudget(1 << 26), plannedAtMs = 0, end, ...chosen } = options
  const range = new OpenRange({
    at: place,
    start: 0n,
    limits: { maxRecords: undefined, maxBytes: Number.MAX_SAFE_INTEGER, maxAgeMs: 1 },
    encoding: encodingWith(chosen),
    budget,
    plannedAtMs,
  })
  range.append(cursorOf(records))
  if (end !== undefined) range.extendTo(end)
  const sealed = range.seal('age')
  if (sealed === undefined) throw new Error('a range of no offset cannot be sealed')
  return sealed
}
