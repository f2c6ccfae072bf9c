/** Encodings for tests: those of the defaults, but for what a test chooses. */
import { outputSettingsOf, type OutputSettings } from '../chain/output-settings.ts'
import { encodingOf, type Encoding } from '../format/encoding.ts'

type Chosen = Partial<Parameters<typeof outputSettingsOf>[0]>

/** Format json, uncompressed, of well-formed JSON, unless something else is chosen. */
export function outputOf(chosen: Chosen = {}): OutputSettings {
  return outputSettingsOf({
    format: 'json',
    compression: { kind: 'none', level: 0 },
    validate: 'json',
    ...chosen,
  })
}

export function encodingWith(chosen: Chosen = {}): Encoding {
  return encodingOf(outputOf(chosen))
}
