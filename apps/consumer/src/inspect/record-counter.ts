/** Counts the records in the content of an object, as it passes by. Knows formats, and nothing of where the bytes come from. */
import { parquetMetadata } from 'hyparquet'
import type { RawFraming } from '../format/encode-raw.ts'

export interface RecordCounter {
  add(chunk: Buffer): void
  /** Of all that was added; undefined when it does not end where a record does. */
  total(): number | undefined
}

export type CountedFormat = 'lines' | 'parquet' | RawFraming

export function recordCounter(format: CountedFormat): RecordCounter {
  if (format === 'lines') return new SeparatorCounter(Buffer.from('\n'))
  if (format === 'parquet') return new ParquetCounter()
  return format.kind === 'length' ? new LengthCounter() : new SeparatorCounter(Buffer.from(format.hex, 'hex'))
}

class SeparatorCounter implements RecordCounter {
  readonly #separator: Buffer
  /** The end of what was added, which may be the beginning of a separator. */
  #rest: Buffer = Buffer.alloc(0)
  #records = 0
  #endsWithSeparator = true

  constructor(separator: Buffer) {
    this.#separator = separator
  }

  add(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const { length } = this.#separator
    let at = 0
    for (let found = bytes.indexOf(this.#separator); found >= 0; found = bytes.indexOf(this.#separator, at)) {
      this.#records++
      at = found + length
    }
    this.#endsWithSeparator = at === bytes.length
    this.#rest = Buffer.from(bytes.subarray(Math.max(at, bytes.length - length + 1)))
  }

  total(): number | undefined {
    return this.#endsWithSeparator ? this.#records : undefined
  }
}

/** Each record is its length, in 4 bytes, and as many bytes; -1 is a record without a value. */
class LengthCounter implements RecordCounter {
  #records = 0
  #left = 0
  #header = 0
  #headerBytes = 0

  add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at)
        this.#left -= passed
        at += passed
        continue
      }
      this.#header = (this.#header << 8) | chunk.readUInt8(at++)
      if (++this.#headerBytes < 4) continue
      this.#left = Math.max(0, this.#header)
      this.#records++
      this.#header = this.#headerBytes = 0
    }
  }

  total(): number | undefined {
    return this.#left === 0 && this.#headerBytes === 0 ? this.#records : undefined
  }
}

/** The number of rows is in the footer; that of the largest object takes a small part of this. */
const footerBytes = 1024 * 1024

class ParquetCounter implements RecordCounter {
  readonly #end: Buffer[] = []
  #bytes = 0

  add(chunk: Buffer): void {
    this.#end.push(chunk)
    this.#bytes += chunk.length
    for (let [first] = this.#end; first !== undefined; [first] = this.#end) {
      if (this.#bytes - first.length < footerBytes) return
      this.#bytes -= first.length
      this.#end.shift()
    }
  }

  total(): number | undefined {
    try {
      return Number(parquetMetadata(new Uint8Array(Buffer.concat(this.#end)).buffer).num_rows)
    } catch {
      return undefined
    }
  }
}
