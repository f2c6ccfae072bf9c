/**
 * Everything that decides the bytes and the names of data objects, as an object of its own in the lake: whoever finishes a
 * range that another run claimed encodes it with these settings, not with its own.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Raised whenever the same records and settings would give other bytes or other names. */
const encoderVersion = 1

const outputSettings = z.object({
  version: z.literal(1),
  encoder: z.literal(encoderVersion),
  format: z.enum(['json', 'envelope']),
  compression: z.object({ kind: z.enum(['none', 'gzip', 'zstd']), level: z.int() }),
  /** Undefined: as the topic has a table or not. */
  validate: z.enum(['schema', 'json', 'none']).optional(),
})

export type OutputSettings = z.infer<typeof outputSettings>

/** The settings with the version of this encoder. */
export function outputSettingsOf(chosen: Omit<OutputSettings, 'version' | 'encoder'>): OutputSettings {
  return outputSettings.parse({ version: 1, encoder: encoderVersion, ...chosen })
}

/** Keys in the order of the schema: the same bytes for the same settings. */
export function encodeOutputSettings(settings: OutputSettings): Buffer {
  return Buffer.from(JSON.stringify(outputSettings.parse(settings)))
}

/** Throws an Error for settings of another version of this program. */
export function decodeOutputSettings(bytes: Buffer): OutputSettings {
  return outputSettings.parse(JSON.parse(bytes.toString()))
}

/** SHA-256 (hex) of the encoded settings: their name in the lake. */
export function idOfSettings(settings: OutputSettings): string {
  return createHash('sha256').update(encodeOutputSettings(settings)).digest('hex')
}
