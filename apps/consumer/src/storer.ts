/** Stores the objects of a sealed range: compress, create, compare. Owns the range's memory from here on. */
import { Failure } from '@pinpipe/service/failure'
import { compress, extensions, type Compression } from './compress.ts'
import type { MemoryBudget } from './memory-budget.ts'
import { objectKey } from './object-key.ts'
import type { RangeFile, SealedRange } from './range.ts'
import type { Store } from './store.ts'

/** What a range became. */
export type StoredRange = {
  readonly objects: number
  readonly deadObjects: number
  /** Size of the objects, as stored. */
  readonly bytes: number
}

/** An object of this name is there, with other content: nothing may be written to this partition any more. */
export class ObjectConflict extends Failure {
  constructor(key: string, storeName: string) {
    super(
      `${storeName}/${key} is there already, with other content: this partition is halted, nothing was replaced; ` +
        'find out who wrote the object (another consumer group on this lake, or other settings), then use another --lake or move the object away',
      { exit: 'refused' },
    )
  }
}

export type StorerOptions = {
  readonly store: Store
  readonly compression: Compression
  readonly budget: MemoryBudget
}

export class Storer {
  readonly #store: Store
  readonly #compression: Compression
  readonly #budget: MemoryBudget

  constructor(options: StorerOptions) {
    this.#store = options.store
    this.#compression = options.compression
    this.#budget = options.budget
  }

  /** All files of the range are durable when it resolves. Throws an ObjectConflict, or the store's Failure. */
  async store(range: SealedRange): Promise<StoredRange> {
    const stored = { objects: 0, deadObjects: 0, bytes: 0 }
    try {
      for (const file of range.files) {
        stored.bytes += await this.#storeFile(range, file)
        if (file.kind === 'data') stored.objects++
        else stored.deadObjects++
      }
      return stored
    } finally {
      for (const file of range.files) file.content.release()
    }
  }

  async #storeFile(range: SealedRange, file: RangeFile): Promise<number> {
    const compression = file.kind === 'data' ? this.#compression : deadCompression(this.#compression)
    const key = objectKey({
      area: file.kind === 'data' ? 'topics' : 'dead',
      topic: range.topic,
      partition: range.partition,
      start: range.start,
      end: range.end,
      extension: `.json${extensions[compression.kind]}`,
    })
    const options = { budget: this.#budget, withDigest: this.#store.keepsDigest }
    const { body, digest } = await compress(file.content, compression, options)
    try {
      const outcome = await this.#store.create({
        key,
        body,
        digest,
        contentType: contentTypes[compression.kind],
        facts: { start: String(range.start), end: String(range.end), records: String(file.records) },
      })
      if (outcome === 'different') throw new ObjectConflict(key, this.#store.name)
      return body.bytes
    } finally {
      body.release()
    }
  }
}

/** No Content-Encoding: clients would unpack such an object by themselves, whatever its name says. */
const contentTypes = {
  none: 'application/x-ndjson',
  gzip: 'application/gzip',
  zstd: 'application/zstd',
} as const

/** Dead letters are read by people with the tools at hand: gzip when the data is compressed at all. */
function deadCompression(compression: Compression): Compression {
  return compression.kind === 'zstd' ? { kind: 'gzip', level: 1 } : compression
}
