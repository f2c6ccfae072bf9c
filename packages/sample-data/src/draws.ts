// Random numbers that are the same on every machine: 32-bit integer arithmetic only, no Math.pow and no Math.log.

const golden = 0x9e37_79b9

/** A stream of random numbers (sfc32: 128 bits of state) that belongs to one seed, one purpose and one number. */
export class Draws {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** `seed` and `number` are whole numbers of up to 53 bits; equal arguments give equal streams. */
  constructor(seed: number, purpose: number, number: number) {
    this.#a = seed | 0
    this.#b = number | 0
    // The high halves, so that no two numbers share a stream: 32 bits alone would repeat identifiers.
    this.#c =
      (Math.floor(seed / 2 ** 32) ^
        Math.imul(purpose, golden) ^
        Math.imul(Math.floor(number / 2 ** 32), 0x85eb_ca6b)) |
      0
    for (let round = 0; round < 12; round++) this.bits()
  }

  /** 32 random bits, as a number from 0. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [0, 1), in steps of 2⁻³². */
  fraction(): number {
    return this.bits() / 2 ** 32
  }

  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** One element of a list that is not empty. */
  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)]
    if (picked === undefined) throw new RangeError('nothing to pick from')
    return picked
  }

  /** The smallest of `count` uniform draws. */
  smallestOf(count: number): number {
    let smallest = 1
    for (let draw = 0; draw < count; draw++) smallest = Math.min(smallest, this.fraction())
    return smallest
  }
}

/** A key for {@link permute} that belongs to a seed, a purpose and a number. */
export function keyFor(seed: number, purpose: number, number: number): number {
  return new Draws(seed, purpose, number).bits()
}

/**
 * Where `value` (0 to `size` − 1) goes in a shuffle of `size` elements, without holding the shuffle: a Feistel network
 * over the next power of four, walked until it lands inside ("cycle walking"; Black and Rogaway 2002).
 */
export function permute(value: number, size: number, key: number): number {
  const half = Math.max(1, Math.ceil((32 - Math.clz32(size - 1)) / 2))
  const mask = 2 ** half - 1
  let at = value
  do {
    let left = at >>> half
    let right = at & mask
    for (let round = 1; round <= 4; round++) {
      const next = left ^ (scramble(right + Math.imul(round, golden), key) & mask)
      left = right
      right = next
    }
    at = ((left << half) | right) >>> 0
  } while (at >= size)
  return at
}

/** MurmurHash3's finaliser. */
function scramble(value: number, key: number): number {
  let hash = value ^ key
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return hash ^ (hash >>> 16)
}
