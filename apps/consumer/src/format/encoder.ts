/** What a format is: how one record becomes one line of a data object. */
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import { encodeEnvelope } from './encode-envelope.ts'
import { encodeJson } from './encode-json.ts'
import type { RecordCheck } from './record-check.ts'
import type { Rejection } from './reject.ts'

export type Format = 'json' | 'envelope'

/** The line of a record without its newline (it may be the record's own bytes: copy it), or why there is none. */
export type RecordEncoder = (record: FetchedRecord) => Uint8Array | Rejection

/** The encoder for the records of one partition. */
export function encoderOf(
  format: Format,
  at: { readonly topic: string; readonly partition: number },
  check: RecordCheck,
): RecordEncoder {
  return format === 'json' ? encodeJson(check) : encodeEnvelope(at, check)
}
