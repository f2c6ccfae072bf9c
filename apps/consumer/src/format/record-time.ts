/** The time of a record, for layouts by time: its timestamp, a member of its value, or the time its range was begun. */
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'
import { memberOf, type JsonReader } from './json-value.ts'
import { reject, type Rejection } from './reject.ts'
import type { WallClock } from './time-zone.ts'

export type TimeSource =
  | { readonly from: 'record' | 'planning' }
  | { readonly from: 'field'; readonly name: string }

/** Wall clock time of the record as if it were UTC, in milliseconds since 1970, years 1 to 9999; or why there is none. */
export type RecordTime = (record: FetchedRecord) => number | Rejection

const earliestMs = -62_135_596_800_000
const latestMs = 253_402_300_799_999

export function recordTimeOf(
  source: TimeSource,
  context: { readonly wallClock: WallClock; readonly plannedAtMs: number; readonly read: JsonReader },
): RecordTime {
  const { wallClock, plannedAtMs, read } = context
  switch (source.from) {
    case 'record':
      return ({ timestamp }) =>
        timestamp === -1n || timestamp < earliestMs || timestamp > latestMs
          ? reject('no-time')
          : wallClock(Number(timestamp))
    case 'planning': {
      const planned = wallClock(plannedAtMs)
      return () => planned
    }
    default:
      return ({ value }) =>
        (value === null ? undefined : timeIn(memberOf(read(value), source.name), wallClock)) ??
        reject('no-time')
  }
}

/** `2020-08-28 03:52:47.5`, with `T` or a space, perhaps without a time of day, perhaps with `Z` or an offset. */
const dateTimeText =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([Zz]|[+-]\d\d(?::?\d\d)?))?)?$/

/**
 * A whole number is milliseconds since 1970. Text without a zone is what the clock on the wall shows: no zone is guessed,
 * and an hour that summer time repeats or leaves out is taken as it is written.
 */
function timeIn(member: unknown, wallClock: WallClock): number | undefined {
  if (typeof member === 'number') {
    return Number.isSafeInteger(member) && member >= earliestMs && member <= latestMs
      ? wallClock(member)
      : undefined
  }
  const match = typeof member === 'string' ? dateTimeText.exec(member) : null
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone] =
    match
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  const localMs = Date.parse(text)
  // Date.parse takes 24:00 and the 30th of February for the day after.
  if (Number.isNaN(localMs) || new Date(localMs).toISOString() !== text || localMs < earliestMs)
    return undefined
  if (zone === undefined) return localMs
  const instantMs = localMs - offsetMs(zone)
  return instantMs >= earliestMs && instantMs <= latestMs ? wallClock(instantMs) : undefined
}

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
