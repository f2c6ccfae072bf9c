/**
 * The digest of records in order: SHA-256 over each record's offset and timestamp (8 bytes each, big-endian), its key and
 * value (each its length in 4 bytes, -1 for null, then its bytes), the number of headers (4 bytes), and each header's name
 * and value like a key. It does not depend on how a broker batches or compresses: only on the records.
 */
import { createHash, hash, type Hash } from 'node:crypto'
import type { FetchedRecord } from '@pinpipe/kafka/record-consumer'

/** Records are collected here, so that the hash is asked once for many. One scratch serves all digests in turn. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024)
let owner: RecordDigest | undefined

export class RecordDigest {
  readonly #hash: Hash = createHash('sha256')
  #at = 0
  /** Where the last record begins in the scratch. */
  #lastAt = 0
  #last: string | undefined

  add(record: FetchedRecord): void {
    if (owner !== this) {
      if (owner !== undefined) owner.#flush()
      // oxlint-disable-next-line typescript/no-this-alias -- who has records in the scratch that all digests share
      owner = this
    }
    const size = sizeOf(record)
    if (this.#at + size > scratch.length) this.#flush()
    if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size)
    this.#lastAt = this.#at
    this.#at = write(record, this.#at)
  }

  /** Of the last record alone, in hexadecimal; undefined when there is none. */
  get last(): string | undefined {
    this.#flush()
    return this.#last
  }

  /** In hexadecimal. Ends it. */
  hex(): string {
    this.#flush()
    return this.#hash.digest('hex')
  }

  #flush(): void {
    if (this.#at > 0) {
      this.#hash.update(scratch.subarray(0, this.#at))
      this.#last = hash('sha256', scratch.subarray(this.#lastAt, this.#at), 'hex')
      this.#at = 0
    }
  }
}

/** The digest of a single record. */
export function digestOfRecord(record: FetchedRecord): string {
  const digest = new RecordDigest()
  digest.add(record)
  return digest.hex()
}

function sizeOf({ key, value, headers }: FetchedRecord): number {
  let size = 28 + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += 8 + Buffer.byteLength(header.name) + (header.value?.length ?? 0)
  return size
}

function write({ offset, timestamp, key, value, headers }: FetchedRecord, start: number): number {
  let at = scratch.writeBigInt64BE(offset, start)
  at = scratch.writeBigInt64BE(timestamp, at)
  at = writeBytes(value, writeBytes(key, at))
  at = scratch.writeInt32BE(headers.length, at)
  for (const header of headers) at = writeBytes(header.value, writeBytes(Buffer.from(header.name), at))
  return at
}

function writeBytes(bytes: Buffer | null, start: number): number {
  const at = scratch.writeInt32BE(bytes === null ? -1 : bytes.length, start)
  if (bytes === null) return at
  scratch.set(bytes, at)
  return at + bytes.length
}
