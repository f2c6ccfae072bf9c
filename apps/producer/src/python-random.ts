/**
 * CPython's `random.Random`, as far as the well-known Python emulator uses it: the same seed gives the same draws.
 * Source: CPython Modules/_randommodule.c (MT19937, `init_by_array`, `getrandbits`) and Lib/random.py
 * (`_randbelow_with_getrandbits`, `randrange`, `randint`). The numbers are not fit for secrets.
 */

const stateWords = 624
const shift = 397

export class PythonRandom {
  readonly #state = new Uint32Array(stateWords)
  #position = stateWords

  /** @param seed an integer, as in `random.seed(seed)`; CPython ignores its sign. Throws RangeError for anything else. */
  constructor(seed: number | bigint) {
    if (typeof seed === 'number' && !Number.isSafeInteger(seed)) throw new RangeError('a seed is an integer')
    let rest = BigInt(seed)
    if (rest < 0n) rest = -rest
    const words: number[] = []
    do {
      words.push(Number(rest & 0xffff_ffffn))
      rest >>= 32n
    } while (rest > 0n)
    this.#seedByArray(words)
  }

  /** `k` random bits, 1 ≤ k ≤ 53, as `random.getrandbits(k)`: least significant word first. */
  getRandBits(k: number): number {
    if (!Number.isInteger(k) || k < 1 || k > 53) throw new RangeError('getRandBits takes 1 to 53 bits')
    if (k <= 32) return this.#word() >>> (32 - k)
    const low = this.#word()
    return (this.#word() >>> (64 - k)) * 2 ** 32 + low
  }

  /** A float in [0, 1) with 53 random bits, as `random.random()`. */
  random(): number {
    const a = this.#word() >>> 5
    const b = this.#word() >>> 6
    return (a * 67_108_864 + b) / 9_007_199_254_740_992
  }

  /** An integer in [start, stop), as `random.randrange(start, stop)`. Throws RangeError on an empty range. */
  randRange(start: number, stop: number): number {
    return start + this.#below(stop - start)
  }

  /** An integer in [first, last], both included, as `random.randint(first, last)`. */
  randInt(first: number, last: number): number {
    return this.randRange(first, last + 1)
  }

  /** `_randbelow_with_getrandbits`: draws as many bits as `width` has, again while the result is too large. */
  #below(width: number): number {
    if (!Number.isSafeInteger(width) || width < 1) throw new RangeError('an empty range has nothing to draw')
    const bits = width < 2 ** 31 ? 32 - Math.clz32(width) : width.toString(2).length
    let drawn = this.getRandBits(bits)
    while (drawn >= width) drawn = this.getRandBits(bits)
    return drawn
  }

  #seedByArray(key: readonly number[]): void {
    const state = this.#state
    state[0] = 19_650_218
    for (let i = 1; i < stateWords; i++) state[i] = Math.imul(1_812_433_253, mixed(state, i - 1)) + i
    let i = 1
    let j = 0
    for (let k = Math.max(stateWords, key.length); k > 0; k--) {
      state[i] = (at(state, i) ^ Math.imul(mixed(state, i - 1), 1_664_525)) + (key[j] ?? 0) + j
      i++
      j++
      if (i >= stateWords) {
        state[0] = at(state, stateWords - 1)
        i = 1
      }
      if (j >= key.length) j = 0
    }
    for (let k = stateWords - 1; k > 0; k--) {
      state[i] = (at(state, i) ^ Math.imul(mixed(state, i - 1), 1_566_083_941)) - i
      i++
      if (i >= stateWords) {
        state[0] = at(state, stateWords - 1)
        i = 1
      }
    }
    state[0] = 0x8000_0000
  }

  /** The next 32 bits, tempered. */
  #word(): number {
    if (this.#position >= stateWords) this.#twist()
    let y = at(this.#state, this.#position++)
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    y ^= y >>> 18
    return y >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let i = 0; i < stateWords; i++) {
      const y = (at(state, i) & 0x8000_0000) | (at(state, (i + 1) % stateWords) & 0x7fff_ffff)
      state[i] = at(state, (i + shift) % stateWords) ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0)
    }
    this.#position = 0
  }
}

function at(state: Uint32Array, i: number): number {
  return state[i] ?? 0
}

function mixed(state: Uint32Array, i: number): number {
  const word = at(state, i)
  return word ^ (word >>> 30)
}
