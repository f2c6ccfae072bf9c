/** Format `json`: the record's value byte for byte, one a line. A record without a value (a tombstone) is `null`. */
import type { RecordCheck } from './record-check.ts'
import type { RecordEncoder } from './encoder.ts'

const nullLine = Buffer.from('null')

/** Hot: no allocation for a value that is fine as it is. */
export function encodeJson(check: RecordCheck): RecordEncoder {
  return ({ value }) => (value === null ? nullLine : check(value))
}
