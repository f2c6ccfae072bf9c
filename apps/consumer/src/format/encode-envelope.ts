/**
 * Format `envelope`: `{"topic","partition","offset","timestamp","key","headers","value"}` a line. Timestamp in
 * milliseconds since 1970. The value is the record's JSON as it came, so no number or escape in it changes.
 * Key and headers are text; bytes that are not UTF-8 are base64, listed in a last member `base64`.
 */
import type { RecordEncoder } from './encoder.ts'
import type { RecordCheck } from './record-check.ts'
import { headersOf, Rejection, textOf } from './reject.ts'

const nullValue = Buffer.from('null')

/** @param check must let well-formed JSON through and nothing else */
export function encodeEnvelope(
  at: { readonly topic: string; readonly partition: number },
  check: RecordCheck,
): RecordEncoder {
  const head = `{"topic":${JSON.stringify(at.topic)},"partition":${at.partition},"offset":`
  return (record) => {
    const value = record.value === null ? nullValue : check(record.value)
    if (value instanceof Rejection) return value
    const base64: string[] = []
    const key = JSON.stringify(textOf(record.key, 'key', base64))
    const headers = JSON.stringify(headersOf(record.headers, base64))
    const before = `${head}${record.offset},"timestamp":${record.timestamp},"key":${key},"headers":${headers},"value":`
    const after = base64.length === 0 ? '}' : `,"base64":${JSON.stringify(base64)}}`
    return Buffer.concat([Buffer.from(before), value, Buffer.from(after)])
  }
}
