import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

/** Bit by bit, as the definition says. */
function byDefinition(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1
  }
  return ~crc >>> 0
}

test('the check value of CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283)
})

test('it is what the definition says, from any place on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(40), (bytes, from) => {
      const start = Math.min(from, bytes.length)
      expect(crc32c(Buffer.from(bytes), start)).toBe(byDefinition(bytes.subarray(start)))
    }),
  )
})
