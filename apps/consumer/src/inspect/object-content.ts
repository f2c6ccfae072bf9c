/** What an object holds: read once, from its first byte to its last, and not kept. */
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extensions } from '../format/compress.ts'
import type { Store } from '../lake/store.ts'
import { recordCounter, type CountedFormat } from './record-counter.ts'

export type FoundContent = {
  /** As stored. */
  readonly storedBytes: number
  /** SHA-256 (hex) of the content before it was compressed, its size, and its records (undefined: it is none of whole ones). */
  readonly digest: string
  readonly bytes: number
  readonly records: number | undefined
  /** Why it could not be read to its end; digest, size and records are then of what could. */
  readonly damage: 'ends-early' | 'not-readable' | undefined
}

/** Undefined when it is not there. Rejects with the store's Failure. */
export async function contentOf(
  store: Store,
  key: string,
  format: CountedFormat,
): Promise<FoundContent | undefined> {
  if ((await store.head(key)) === undefined) return undefined
  const hash = createHash('sha256')
  const counter = recordCounter(format)
  let storedBytes = 0
  let bytes = 0
  const unpack = unpackerOf(key)
  const measure = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      storedBytes += chunk.length
      yield chunk
    }
  }
  const take = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      hash.update(chunk)
      counter.add(chunk)
      bytes += chunk.length
    }
  }
  let damage: FoundContent['damage']
  try {
    const stored = await store.open(key)
    await (unpack === undefined ? pipeline(stored, measure, take) : pipeline(stored, measure, unpack, take))
    // What follows a whole stream is passed over by zlib.
    if (unpack !== undefined && unpack.bytesWritten < storedBytes) damage = 'not-readable'
  } catch (error) {
    damage = damageOf(error)
    if (damage === undefined) throw error
  }
  return { storedBytes, digest: hash.digest('hex'), bytes, records: counter.total(), damage }
}

/** Undefined for what is stored as it is. */
export function unpackerOf(key: string) {
  if (key.endsWith(extensions.gzip)) return createGunzip()
  return key.endsWith(extensions.zstd) ? createZstdDecompress() : undefined
}

/** What zlib says of the bytes; undefined for what is not about them. */
function damageOf(error: unknown): FoundContent['damage'] {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR') return 'ends-early'
  return code.startsWith('Z_') || code.startsWith('ZSTD_') ? 'not-readable' : undefined
}
