/**
 * `--partition-by`: in which folder below its topic a record's object lies. Folders follow each other in the order they
 * are named in, as Kafka Connect's S3 sink lays them out: `partition=0`, `category=art/year=2020/month=08`.
 */
import type { FetchedRecord, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { memberOf, numberText, type JsonReader } from './json-value.ts'
import { pathPart } from './path-part.ts'
import { recordTimeOf, type RecordTime, type TimeSource } from './record-time.ts'
import { reject, Rejection } from './reject.ts'
import { timePatternOf, type TimePattern } from './time-pattern.ts'
import { wallClockOf } from './time-zone.ts'

export type LayoutPart =
  | { readonly by: 'kafka' }
  | { readonly by: 'field'; readonly name: string }
  | { readonly by: 'time'; readonly pattern: string }

export type LayoutSettings = {
  readonly parts: readonly LayoutPart[]
  /** Of the times in it. */
  readonly time: TimeSource
  /** Of IANA. */
  readonly timeZone: string
}

/** The folder of a record's object below its topic, or why it has none. */
export type Layout = (record: FetchedRecord) => string | Rejection

/** S3 takes keys of 1,024 bytes: this leaves room for the longest topic, twice, and for a prefix. */
const longestPathBytes = 400

/** The layout of a range of a partition that was begun at this time (milliseconds since 1970). */
export type LayoutMaker = (at: TopicPartition, plannedAtMs: number) => Layout

/** Throws a RangeError for a time zone or a pattern that is none. */
export function layoutsOf({ parts, time, timeZone }: LayoutSettings, read: JsonReader): LayoutMaker {
  const wallClock = wallClockOf(timeZone)
  const makers = parts.map((part): LayoutMaker => {
    switch (part.by) {
      case 'kafka':
        return ({ partition }) => constant(`partition=${partition}`)
      case 'field':
        return () => fieldLayout(part.name, read)
      default: {
        const pattern = timePatternOf(part.pattern)
        return (_, plannedAtMs) => timeLayout(pattern, recordTimeOf(time, { wallClock, plannedAtMs, read }))
      }
    }
  })
  const [only] = makers
  if (only !== undefined && makers.length === 1) return only
  return (at, plannedAtMs) => joined(makers.map((maker) => maker(at, plannedAtMs)))
}

function constant(path: string): Layout {
  return () => path
}

function timeLayout(pattern: TimePattern, timeOf: RecordTime): Layout {
  let lastStep = Number.NaN
  let lastPath = ''
  return (record) => {
    const localMs = timeOf(record)
    if (localMs instanceof Rejection) return localMs
    const step = Math.floor(localMs / pattern.stepMs)
    if (step !== lastStep) {
      lastStep = step
      lastPath = pattern.print(localMs)
    }
    return lastPath
  }
}

function fieldLayout(name: string, read: JsonReader): Layout {
  return ({ value }) => {
    const text = value === null ? null : memberText(read(value), name, value)
    return text instanceof Rejection ? text : (pathPart(name, text) ?? reject('long-path'))
  }
}

/** What is missing, null or no object at all is null. Lists and objects are no names of folders. */
function memberText(parsed: unknown, name: string, value: Buffer): string | null | Rejection {
  const member = memberOf(parsed, name)
  switch (typeof member) {
    case 'string':
      return member
    case 'boolean':
      return String(member)
    case 'number':
      return Number.isInteger(member) && !Number.isSafeInteger(member)
        ? (numberText(value, name) ?? null)
        : String(member)
    default:
      return member === undefined || member === null ? null : reject('not-scalar')
  }
}

function joined(layouts: readonly Layout[]): Layout {
  return (record) => {
    let path = ''
    for (const layout of layouts) {
      const part = layout(record)
      if (part instanceof Rejection) return part
      path = path === '' ? part : `${path}/${part}`
    }
    return path.length * 3 <= longestPathBytes || Buffer.byteLength(path) <= longestPathBytes
      ? path
      : reject('long-path')
  }
}
