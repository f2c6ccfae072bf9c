/** Digests by which the checker knows records again: it holds millions of them, and none of their bytes. */
import { hash } from 'node:crypto'

/** The first eight bytes of the SHA-256. */
export function digestOf(bytes: Uint8Array | string): bigint {
  return hash('sha256', bytes, 'buffer').readBigUInt64BE(0)
}

/** The same of a SHA-256 that is given in hex. */
export const digestOfHex = (sha256: string): bigint => BigInt(`0x${sha256.slice(0, 16)}`)

/** Stands for "no value", which is not the same as a value without bytes. */
export const noValue = 0n

export const valueDigest = (value: Uint8Array | null): bigint => (value === null ? noValue : digestOf(value))

/**
 * Of all that a record has beside its value. kcat prints headers as `name=value,name=value`, which cannot be taken apart
 * for sure, and a lake that keeps them by name does not keep their order: what is compared is the sorted pieces between
 * the commas. kcat ends a header at its first NUL.
 */
export function metaDigest(meta: {
  readonly timestamp: bigint
  readonly key: Buffer | null
  /** As kcat prints them; of each header, in any order. */
  readonly headers: readonly Buffer[]
}): bigint {
  const pieces = meta.headers.flatMap((header) => header.toString('latin1').split(','))
  const head = `${meta.timestamp} ${meta.key?.length ?? -1} ${meta.key?.toString('latin1') ?? ''}`
  return digestOf(`${head} ${pieces.toSorted().join()}`)
}

/** One header as kcat prints it. */
export function printedHeader(name: string, value: Buffer | null): Buffer {
  if (value === null) return Buffer.from(`${name}=NULL`)
  const end = value.indexOf(0)
  return Buffer.concat([Buffer.from(`${name}=`), end === -1 ? value : value.subarray(0, end)])
}
