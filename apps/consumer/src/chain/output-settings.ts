/**
 * Everything that decides the bytes and the names of data objects, as an object of its own in the lake: whoever finishes a
 * range that another run claimed encodes it with these settings, not with its own.
 */
import { createHash } from 'node:crypto'
import { catalogue } from '@pinpipe/schema/catalogue'
import { z } from 'zod'
import { formats, nullValueChoices } from '../format/encoder.ts'
import { parquetEncoder } from '../format/parquet-codec.ts'

/** Raised whenever the same records and settings would give other bytes or other names. */
const encoderVersion = 1

const name = z.string().min(1)

const layoutPart = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('kafka') }),
  z.strictObject({ by: z.literal('field'), name }),
  z.strictObject({ by: z.literal('time'), pattern: name }),
])

const timeSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.enum(['record', 'planning']) }),
  z.strictObject({ from: z.literal('field'), name }),
])

const rawFraming = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('length') }),
  z.strictObject({ kind: z.literal('separator'), hex: z.string().regex(/^([0-9a-f]{2})+$/) }),
])

const chosenSettings = z.strictObject({
  format: z.enum(formats),
  /** Of the object; of the pages in it with Parquet. */
  compression: z.strictObject({ kind: z.enum(['none', 'gzip', 'zstd', 'snappy']), level: z.int() }),
  /** Undefined: as the topic has a table or not. */
  validate: z.enum(['schema', 'json', 'none']).optional(),
  nullValues: z.enum(nullValueChoices).default('write'),
  maxRecordBytes: z.int().positive().optional(),
  /** Of `raw` only. */
  framing: rawFraming.optional(),
  layout: z
    .strictObject({ parts: z.array(layoutPart).min(1), time: timeSource, timeZone: name })
    .default({ parts: [{ by: 'kafka' }], time: { from: 'record' }, timeZone: 'UTC' }),
})

const outputSettings = chosenSettings.extend({
  version: z.literal(1),
  encoder: z.literal(encoderVersion),
  /** The version of each table: a row that fits one may not fit another. */
  tables: z.record(z.string(), z.int()),
  /** What makes the bytes of Parquet files. */
  parquet: z.string().optional(),
})

export type OutputSettings = z.infer<typeof outputSettings>
/** What is left out has the default of its flag. */
export type ChosenSettings = z.input<typeof chosenSettings>

/** The settings with the versions of this program. */
export function outputSettingsOf(chosen: ChosenSettings): OutputSettings {
  return outputSettings.parse({ ...chosen, version: 1, encoder: encoderVersion, ...ours(chosen) })
}

/** Keys in the order of the schema: the same bytes for the same settings. */
export function encodeOutputSettings(settings: OutputSettings): Buffer {
  return Buffer.from(JSON.stringify(outputSettings.parse(settings)))
}

/** Throws an Error for settings that this version of the program would not give the same bytes for. */
export function decodeOutputSettings(bytes: Buffer): OutputSettings {
  const settings = outputSettings.parse(JSON.parse(bytes.toString()))
  const { tables, parquet } = ours(settings)
  for (const [table, version] of Object.entries(settings.tables)) {
    if (tables[table] !== version)
      throw new Error(
        `they are for version ${version} of the table ${table}; this program has ${tables[table] ?? 'none'}`,
      )
  }
  if (settings.parquet !== parquet)
    throw new Error(`they are for Parquet files by ${settings.parquet}; this program has ${parquet}`)
  return settings
}

/** SHA-256 (hex) of the encoded settings: their name in the lake. */
export function idOfSettings(settings: OutputSettings): string {
  return createHash('sha256').update(encodeOutputSettings(settings)).digest('hex')
}

function ours({ format, compression }: ChosenSettings): Pick<OutputSettings, 'tables' | 'parquet'> {
  const tables = Object.fromEntries(catalogue.map((table) => [table.name, table.version]))
  return { tables, ...(format === 'parquet' && { parquet: parquetEncoder(compression) }) }
}
