/**
 * What the chains' output settings say of the objects. Unlike a writer, which must give the same bytes again, an inspection
 * reads those of every version: it needs to know the format, and no more.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { settingsKey } from '../chain/chain-keys.ts'
import type { Store } from '../lake/store.ts'
import type { CountedFormat } from './record-counter.ts'

const written = z.object({
  format: z.enum(['json', 'envelope', 'parquet', 'raw']),
  framing: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('length') }),
      z.object({ kind: z.literal('separator'), hex: z.string() }),
    ])
    .default({ kind: 'length' }),
})

export type WrittenFormat = z.infer<typeof written>

export class WrittenFormats {
  readonly #store: Store
  readonly #known = new Map<string, Promise<WrittenFormat | undefined>>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Undefined when the settings are not there, or are not those that the id names. */
  async of(id: string): Promise<WrittenFormat | undefined> {
    const known = this.#known.get(id) ?? this.#read(id)
    this.#known.set(id, known)
    return await known
  }

  async #read(id: string): Promise<WrittenFormat | undefined> {
    const bytes = await this.#store.read(settingsKey(id))
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== id) return undefined
    const parsed = written.safeParse(JSON.parse(bytes.toString()))
    return parsed.success ? parsed.data : undefined
  }
}

/** How the records in a data object of this format are counted. */
export function countedFormat({ format, framing }: WrittenFormat): CountedFormat {
  if (format === 'raw') return framing
  return format === 'parquet' ? 'parquet' : 'lines'
}
