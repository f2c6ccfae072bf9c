/** The settings that decide the bytes and the names of objects, the rules between them, and what they mean. */
import { BadValue, types, type Rule, type SettingsOf, type SettingType } from '@pinpipe/service/settings'
import { outputSettingsOf, type OutputSettings } from '../chain/output-settings.ts'
import { defaultLevel, highestLevel } from './compress.ts'
import { formats, nullValueChoices } from './encoder.ts'
import { parquetCompressions } from './parquet-codec.ts'
import { layoutType, timeSourceType, timeZoneType } from './partition-by.ts'

const [objects, records] = ['Objects', 'Records']

export const formatSettings = {
  format: {
    flag: 'format',
    env: 'PINPIPE_FORMAT',
    type: types.oneOf(formats),
    default: 'json',
    description:
      'json: the value, one a line; envelope: with offset, time, key and headers; parquet: the rows of a table; raw: the bytes of the value',
    group: objects,
  },
  compression: {
    flag: 'compression',
    env: 'PINPIPE_COMPRESSION',
    type: types.oneOf(parquetCompressions),
    default: 'none',
    description: 'How objects are compressed (snappy: only parquet, which is compressed page by page)',
    group: objects,
  },
  compressionLevel: {
    flag: 'compression-level',
    env: 'PINPIPE_COMPRESSION_LEVEL',
    type: types.integer({ min: 1, max: 22 }),
    description: `gzip 1 to 9, zstd 1 to 22; ${defaultLevel}, the fastest, unless given`,
    group: objects,
  },
  rawFraming: {
    flag: 'raw-framing',
    env: 'PINPIPE_RAW_FRAMING',
    type: types.oneOf(['length', 'separator']),
    description:
      'Between the values of a raw object: length (4 bytes, big-endian, before each; -1 for a record without a value), which it is unless given, or separator',
    group: objects,
  },
  rawSeparator: {
    flag: 'raw-separator',
    env: 'PINPIPE_RAW_SEPARATOR',
    type: separatorType(),
    description: String.raw`What follows each value with --raw-framing separator: text, with \n, \r, \t, \0 and \x1e for bytes; \n unless given`,
    group: objects,
  },
  partitionBy: {
    flag: 'partition-by',
    env: 'PINPIPE_PARTITION_BY',
    type: layoutType,
    default: [{ by: 'kafka' }],
    description:
      "Folders below the topic: kafka (partition=0), time:hour (or year, month, day, minute, or a pattern like 'year'=YYYY/'month'=MM), field:category, or several with commas",
    group: objects,
  },
  timeFrom: {
    flag: 'time-from',
    env: 'PINPIPE_TIME_FROM',
    type: timeSourceType,
    description:
      'The time in a layout by time: of the record (unless given), of a field of its value, or of the moment its range was begun',
    group: objects,
  },
  timeZone: {
    flag: 'time-zone',
    env: 'PINPIPE_TIME_ZONE',
    type: timeZoneType,
    default: 'UTC',
    description: 'The time zone of folders by time and of --rotate-every, such as Europe/Berlin',
    group: objects,
  },
  validate: {
    flag: 'validate',
    env: 'PINPIPE_VALIDATE',
    type: types.oneOf(['schema', 'json', 'none']),
    description:
      'What a value must be: a row of its table (unless given, for topics of the catalogue), JSON (for others), or anything that the format takes (raw, unless given)',
    group: records,
  },
  nullValues: {
    flag: 'null-values',
    env: 'PINPIPE_NULL_VALUES',
    type: types.oneOf(nullValueChoices),
    default: 'write',
    description:
      'Records without a value (tombstones): write them as the format does (as dead letters where it cannot), skip them, or make them dead letters',
    group: records,
  },
  maxRecordBytes: {
    flag: 'max-record-bytes',
    env: 'PINPIPE_MAX_RECORD_BYTES',
    type: types.size({ minBytes: 1 }),
    description: 'A record with a larger value becomes a dead letter; no limit unless given',
    group: records,
  },
} as const

export type FormatSettings = SettingsOf<typeof formatSettings>

export const formatRules: readonly Rule<typeof formatSettings>[] = [
  ({ compression, compressionLevel: level }) => {
    if (level === undefined) return undefined
    if (compression === 'none' || compression === 'snappy')
      return '--compression-level needs --compression gzip or zstd'
    return level > highestLevel[compression]
      ? `--compression-level: ${compression} has no level above ${highestLevel[compression]}`
      : undefined
  },
  ({ format, compression }) =>
    compression === 'snappy' && format !== 'parquet'
      ? '--compression snappy needs --format parquet: other objects take gzip or zstd'
      : undefined,
  ({ format, validate }) =>
    format === 'parquet' && validate !== undefined && validate !== 'schema'
      ? `--validate ${validate}: --format parquet is made of rows of a table, so it always checks the schema`
      : undefined,
  ({ format, rawFraming, rawSeparator }) => {
    if (format !== 'raw' && (rawFraming ?? rawSeparator) !== undefined)
      return '--raw-framing and --raw-separator need --format raw'
    return rawFraming === 'length' && rawSeparator !== undefined
      ? '--raw-separator needs --raw-framing separator'
      : undefined
  },
  ({ partitionBy, timeFrom }) =>
    timeFrom !== undefined && !partitionBy.some(({ by }) => by === 'time')
      ? '--time-from needs --partition-by time:<pattern>'
      : undefined,
]

/** Call it with settings that passed the rules. What a layout does not use does not count: the same output has one id. */
export function outputOf(settings: FormatSettings): OutputSettings {
  const { format, compression: kind, compressionLevel, validate, maxRecordBytes, partitionBy } = settings
  const isByTime = partitionBy.some(({ by }) => by === 'time')
  const hasLevel = kind === 'gzip' || kind === 'zstd'
  return outputSettingsOf({
    format,
    compression: { kind, level: hasLevel ? (compressionLevel ?? defaultLevel) : 0 },
    ...(validate && { validate }),
    nullValues: settings.nullValues,
    ...(maxRecordBytes !== undefined && { maxRecordBytes }),
    ...(format === 'raw' && { framing: framingOf(settings) }),
    layout: {
      parts: [...partitionBy],
      time: (isByTime ? settings.timeFrom : undefined) ?? { from: 'record' },
      timeZone: isByTime ? settings.timeZone : 'UTC',
    },
  })
}

function framingOf({ rawFraming, rawSeparator }: FormatSettings): OutputSettings['framing'] {
  if (rawFraming === 'length' || (rawFraming ?? rawSeparator) === undefined) return { kind: 'length' }
  return { kind: 'separator', hex: (rawSeparator ?? Buffer.from('\n')).toString('hex') }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0', '\\': '\\' }

function separatorType(): SettingType<Buffer> {
  return types.custom({
    takes: 'TEXT',
    parse: (text) =>
      Buffer.concat(
        Array.from(
          text.matchAll(/\\x([0-9A-Fa-f]{2})|\\([nrt0\\])|([^\\]+)|\\/g),
          ([, hex, letter, plain]) => {
            if (hex !== undefined) return Buffer.from(hex, 'hex')
            const bytes = plain ?? escapes[letter ?? '']
            if (bytes !== undefined) return Buffer.from(bytes)
            throw new BadValue(String.raw`has an escape that is none of \n, \r, \t, \0, \\, \x1e`)
          },
        ),
      ),
    show: (bytes) => JSON.stringify(bytes.toString('latin1')).slice(1, -1),
  })
}
