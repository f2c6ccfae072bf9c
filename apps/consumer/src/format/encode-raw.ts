/**
 * Format `raw`: the bytes of the values, whatever they are. Framed by a length: 4 bytes, big-endian, then the value; -1 is
 * a record without a value, as in Kafka's own encoding. Or each value is followed by a separator, which it must not hold.
 */
import type { RecordEncoder } from './encoder.ts'
import type { RecordCheck } from './record-check.ts'
import { reject, Rejection } from './reject.ts'

export type RawFraming = { readonly kind: 'length' } | { readonly kind: 'separator'; readonly hex: string }

const lengthBytes = 4

/** What it returns is valid until the next call. */
export function encodeRaw(framing: RawFraming, check: RecordCheck): RecordEncoder {
  let scratch = Buffer.allocUnsafeSlow(64 * 1024)
  const frame = (bytes: number): Buffer => {
    if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(bytes)
    return scratch.subarray(0, bytes)
  }
  if (framing.kind === 'length') {
    return ({ value }) => {
      const checked = value === null ? undefined : check(value)
      if (checked instanceof Rejection) return checked
      const framed = frame(lengthBytes + (value?.length ?? 0))
      framed.writeInt32BE(value?.length ?? -1)
      if (value !== null) framed.set(value, lengthBytes)
      return framed
    }
  }
  const separator = Buffer.from(framing.hex, 'hex')
  return ({ value }) => {
    // No value and no bytes would be the same.
    if (value === null) return reject('null-value')
    const checked = check(value)
    if (checked instanceof Rejection) return checked
    const framed = frame(value.length + separator.length)
    framed.set(value)
    framed.set(separator, value.length)
    // In all of it: the end of a value and the start of a separator may make one, too.
    return framed.indexOf(separator) === value.length ? framed : reject('has-separator')
  }
}
