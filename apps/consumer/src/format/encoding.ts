/** What output settings mean: how records become lines, where they lie, and how the objects are named and packed. */
import type { FetchedRecord, TopicPartition } from '@pinpipe/kafka/record-consumer'
import { Failure } from '@pinpipe/service/failure'
import { idOfSettings, type OutputSettings } from '../chain/output-settings.ts'
import { extensions, type Compression } from './compress.ts'
import { encoderOf, type RecordEncoder } from './encoder.ts'
import { checkOf } from './record-check.ts'

/** The folder of a record's object below its topic: `partition=0`, `category=art`. */
export type Layout = (record: FetchedRecord) => string

export type Encoding = {
  readonly settings: OutputSettings
  /** Names the settings in the lake. */
  readonly id: string
  /** Throws a Failure when the topic has no table and the settings want one. */
  encoderFor(at: TopicPartition): RecordEncoder
  /** The layout of a range that was begun at this time (milliseconds since 1970). */
  layoutFor(at: TopicPartition, plannedAtMs: number): Layout
  /** What names end in, with the dot: `.json.gz`. */
  readonly extension: string
  readonly compression: Compression
}

export function encodingOf(settings: OutputSettings): Encoding {
  const { format, compression, validate } = settings
  return {
    settings,
    id: idOfSettings(settings),
    compression,
    extension: `.json${extensions[compression.kind]}`,
    encoderFor(at) {
      const check = checkOf(at.topic, validate, format)
      if (check === undefined)
        throw new Failure(`--validate schema: no table belongs to ${at.topic}; use --validate json`)
      return encoderOf(format, at, check)
    },
    layoutFor({ partition }) {
      const only = `partition=${partition}`
      return () => only
    },
  }
}
