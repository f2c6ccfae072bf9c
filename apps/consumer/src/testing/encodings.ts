/** Encodings for tests: those of the defaults, but for what a test chooses. */
import { outputSettingsOf, type ChosenSettings } from '../chain/output-settings.ts'
import { encodingOf, type Encoding } from '../format/encoding.ts'

/** Format json and uncompressed, unless something else is chosen. */
export function encodingWith(chosen: Partial<ChosenSettings> = {}): Encoding {
  return encodingOf(outputSettingsOf({ format: 'json', compression: { kind: 'none', level: 0 }, ...chosen }))
}
