/**
 * A seeded permutation of 0 … size-1 that needs no table: a Feistel network over the next power of four, walked along
 * its cycle until the value falls inside the range (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
 * Memory is constant whatever the size, and the same seed gives the same order.
 */

import { PythonRandom } from './python-random.ts'

const rounds = 7

/** @returns a bijection of 0 … size-1 onto itself. `size` is an integer from 1 to 2^52; throws RangeError otherwise. */
export function permutation(seed: number, size: number): (position: number) => number {
  if (!Number.isInteger(size) || size < 1 || size > 2 ** 52) {
    throw new RangeError('a permutation has 1 to 2^52 positions')
  }
  const halfBits = Math.max(1, Math.ceil(Math.log2(size) / 2))
  const half = 2 ** halfBits
  const mask = half - 1
  const random = new PythonRandom(seed)
  const keys = Array.from({ length: rounds }, () => random.getRandBits(32))

  const once = (value: number): number => {
    let left = Math.floor(value / half)
    let right = value % half
    for (const key of keys) {
      const next = (left ^ scramble(right ^ key)) & mask
      left = right
      right = next
    }
    return left * half + right
  }

  return (position) => {
    if (!Number.isInteger(position) || position < 0 || position >= size) {
      throw new RangeError('a position lies outside of the permutation')
    }
    let value = once(position)
    while (value >= size) value = once(value)
    return value
  }
}

/** The finalizer of MurmurHash3: every input bit reaches every output bit. */
function scramble(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return h ^ (h >>> 16)
}
