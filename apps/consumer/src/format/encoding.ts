/** What output settings mean: how records become bytes, where they lie, and how the objects are named and packed. */
import type { TopicPartition } from '@pinpipe/kafka/record-consumer'
import { tableOfTopic } from '@pinpipe/schema/catalogue'
import { Failure } from '@pinpipe/service/failure'
import { idOfSettings, type OutputSettings } from '../chain/output-settings.ts'
import type { Content, Framing } from '../content.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { extensions, type Compression } from './compress.ts'
import { encoderOf, type Format, type RecordEncoder } from './encoder.ts'
import { jsonReader } from './json-value.ts'
import { layoutsOf, type LayoutMaker } from './layout.ts'
import { parquetFile } from './parquet-file.ts'
import { checkOf } from './record-check.ts'

export type Encoding = {
  readonly settings: OutputSettings
  /** Names the settings in the lake. */
  readonly id: string
  /** Throws a Failure when the topic has no table and the settings want one. */
  encoderFor(at: TopicPartition): RecordEncoder
  readonly layoutFor: LayoutMaker
  /** What lies between the records of an object. */
  readonly framing: Framing
  /** Makes the object's content of what was collected, which is given back. */
  complete(collected: Content, topic: string, budget: MemoryBudget): Promise<Content>
  /** What names end in, with the dot: `.json.gz`. */
  readonly extension: string
  /** Of the whole object. */
  readonly compression: Compression
  /** MIME, before compression. */
  readonly contentType: string
}

const kinds = {
  json: { extension: '.json', contentType: 'application/x-ndjson' },
  envelope: { extension: '.json', contentType: 'application/x-ndjson' },
  raw: { extension: '.bin', contentType: 'application/octet-stream' },
  parquet: { extension: '.parquet', contentType: 'application/vnd.apache.parquet' },
} as const

/** Throws a RangeError for a layout whose time zone or pattern is none. */
export function encodingOf(settings: OutputSettings): Encoding {
  const { format, validate } = settings
  const compression = objectCompression(settings)
  // What the check has parsed, the layout need not parse again.
  const read = jsonReader()
  const { extension, contentType } = kinds[format]
  return {
    settings,
    id: idOfSettings(settings),
    encoderFor(at) {
      const check = checkOf(at.topic, validate, format, read)
      if (check === undefined) throw new Failure(noTable([at.topic], format))
      return encoderOf(settings, at, check)
    },
    layoutFor: layoutsOf(settings.layout, read),
    framing: format === 'raw' ? 'none' : 'line',
    async complete(collected, topic, budget) {
      const table = tableOfTopic(topic)
      if (format !== 'parquet' || table === undefined) return collected
      return await parquetFile(collected, table, { compression: settings.compression, budget })
    },
    extension: `${extension}${extensions[compression.kind]}`,
    compression,
    contentType,
  }
}

/** The pages of a Parquet file are compressed, not the file: readers take parts of it. */
function objectCompression({ format, compression: { kind, level } }: OutputSettings): Compression {
  return format === 'parquet' || kind === 'snappy' ? { kind: 'none', level: 0 } : { kind, level }
}

/** Settings that ask for the rows of a table, of topics that have none. */
export function noTable(topics: readonly string[], format: Format): string {
  const [asked, instead] =
    format === 'parquet' ? ['--format parquet', 'another format'] : ['--validate schema', '--validate json']
  return `${asked}: no table belongs to ${topics.join(', ')} (topics end in .pin, .geo or .user): use ${instead}`
}
