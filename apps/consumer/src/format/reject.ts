/**
 * The one door for records that cannot become a line of a data object. What goes through it is stored as a dead letter
 * beside the range, and counted, with one of a few reasons: the same word in the line, the metric and the log.
 */
import { isUtf8 } from 'node:buffer'
import type { FetchedRecord, RecordHeader } from '@pinpipe/kafka/record-consumer'

/** As the README explains them. */
export const rejectReasons = [
  'not-json',
  'not-utf8',
  'no-value',
  'schema',
  'null-value',
  'too-large',
  'has-separator',
  'no-time',
  'not-scalar',
  'long-path',
] as const
export type RejectReason = (typeof rejectReasons)[number]

export class Rejection {
  readonly reason: RejectReason
  /** One sentence for whoever repairs the data. It names columns, and never holds a value. */
  readonly detail: string

  constructor(reason: RejectReason, detail: string) {
    this.reason = reason
    this.detail = detail
  }
}

const rejections: Readonly<Record<Exclude<RejectReason, 'schema'>, Rejection>> = {
  'not-json': new Rejection('not-json', 'The value is not well-formed JSON.'),
  'not-utf8': new Rejection('not-utf8', 'The value is not UTF-8 text.'),
  'no-value': new Rejection('no-value', 'The value has no bytes: a line of JSON needs a value.'),
  'null-value': new Rejection('null-value', 'The record has no value (a tombstone).'),
  'too-large': new Rejection('too-large', 'The value is larger than --max-record-bytes.'),
  'has-separator': new Rejection('has-separator', 'The value holds the separator of the records.'),
  'no-time': new Rejection(
    'no-time',
    'The record has no time, or none of the years 1 to 9999: its folder is unknown.',
  ),
  'not-scalar': new Rejection('not-scalar', 'The field that names the folder holds a list or an object.'),
  'long-path': new Rejection('long-path', 'The folder would have a longer name than a store takes.'),
}

/** Takes a record out of the data, for a reason that says all there is to say. */
export function reject(reason: keyof typeof rejections): Rejection {
  return rejections[reason]
}

const longestDetail = 500

/** Takes a record out of the data that is not a row of its table. */
export function rejectRow(
  problems: readonly { readonly path: string; readonly reason: string }[],
): Rejection {
  const detail = problems.map(({ path, reason }) => (path === '' ? reason : `${path}: ${reason}`)).join('; ')
  return new Rejection('schema', detail.slice(0, longestDetail))
}

/**
 * The dead letter, one line of JSON without its newline. Bytes that are not UTF-8 are base64, and then the member
 * `base64` lists which members are (`["value","headers.trace"]`), so that text is never taken for bytes.
 */
export function deadLetterLine(
  at: { readonly topic: string; readonly partition: number },
  record: FetchedRecord,
  rejection: Rejection,
): Buffer {
  const base64: string[] = []
  const letter = {
    topic: at.topic,
    partition: at.partition,
    offset: 0,
    timestamp: 0,
    key: textOf(record.key, 'key', base64),
    headers: headersOf(record.headers, base64),
    value: textOf(record.value, 'value', base64),
    reason: rejection.reason,
    detail: rejection.detail,
    ...(base64.length > 0 && { base64 }),
  }
  // Both may be larger than what a double holds: their digits are put in as they came.
  const numbers = `"offset":${record.offset},"timestamp":${record.timestamp}`
  return Buffer.from(JSON.stringify(letter).replace('"offset":0,"timestamp":0', numbers))
}

/** Text as it is, other bytes as base64; what was made base64 is added to the list under `name`. */
export function textOf(bytes: Buffer | null, name: string, base64: string[]): string | null {
  if (bytes === null) return null
  if (isUtf8(bytes)) return bytes.toString()
  base64.push(name)
  return bytes.toString('base64')
}

/** Headers by name; a name that occurs more than once has a list. */
export function headersOf(headers: FetchedRecord['headers'], base64: string[]): Record<string, HeaderText> {
  const byName = Map.groupBy(headers, ({ name }) => name)
  return Object.fromEntries([...byName].map(([name, all]) => [name, headerOf(name, all, base64)]))
}

export type HeaderText = string | null | (string | null)[]

function headerOf(name: string, all: readonly RecordHeader[], base64: string[]): HeaderText {
  const [first] = all
  if (first !== undefined && all.length === 1) return textOf(first.value, `headers.${name}`, base64)
  return all.map(({ value }, i) => textOf(value, `headers.${name}.${i}`, base64))
}
