/** What a format is: how one record becomes its part of a data object. */
import type { FetchedRecord, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { encodeEnvelope } from './encode-envelope.ts'
import { encodeJson } from './encode-json.ts'
import { encodeRaw, type RawFraming } from './encode-raw.ts'
import type { RecordCheck } from './record-check.ts'
import { reject, type Rejection } from './reject.ts'

export const formats = ['json', 'envelope', 'parquet', 'raw'] as const
export type Format = (typeof formats)[number]

/** Records without a value: as the format writes them, in no object, or as dead letters. */
export const nullValueChoices = ['write', 'skip', 'dead'] as const
type NullValues = (typeof nullValueChoices)[number]

/**
 * The record's part of its object (it may be the record's own bytes: copy it), or why there is none; `null` for one that is
 * left out on purpose. A line comes without its newline.
 */
export type RecordEncoder = (record: FetchedRecord) => Uint8Array | Rejection | null

export type EncoderSettings = {
  readonly format: Format
  readonly nullValues: NullValues
  /** Of a value. Undefined: any. */
  readonly maxRecordBytes?: number | undefined
  readonly framing?: RawFraming | undefined
}

/** The encoder for the records of one partition. */
export function encoderOf(settings: EncoderSettings, at: TopicPartition, check: RecordCheck): RecordEncoder {
  const encode = formatEncoder(settings, at, check)
  const { maxRecordBytes = Number.POSITIVE_INFINITY } = settings
  // A Parquet row has no way to be null: its columns are those of a table.
  const nullValues =
    settings.nullValues === 'write' && settings.format === 'parquet' ? 'dead' : settings.nullValues
  if (nullValues === 'write' && maxRecordBytes === Number.POSITIVE_INFINITY) return encode
  return (record) => {
    if (record.value === null && nullValues !== 'write')
      return nullValues === 'skip' ? null : reject('null-value')
    if (record.value !== null && record.value.length > maxRecordBytes) return reject('too-large')
    return encode(record)
  }
}

function formatEncoder(
  { format, framing }: EncoderSettings,
  at: TopicPartition,
  check: RecordCheck,
): RecordEncoder {
  switch (format) {
    case 'envelope':
      return encodeEnvelope(at, check)
    case 'raw':
      return encodeRaw(framing ?? { kind: 'length' }, check)
    default:
      return encodeJson(check)
  }
}
