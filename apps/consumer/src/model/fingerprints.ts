/**
 * The states that were seen, as fingerprints of 64 bits, each with the number of the state it was reached from. Two of n states
 * share a fingerprint with a probability below n² / 2^65 (for 100 million states: 3 in 10,000), and then only one would be followed.
 */
export class Fingerprints {
  #slots = new Uint32Array(1 << 16)
  #highs = new Uint32Array(1 << 15)
  #lows = new Uint32Array(1 << 15)
  #parents = new Uint32Array(1 << 15)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The number of the state, from 0 on; undefined when it was seen before. */
  add(codes: readonly number[], parent: number): number | undefined {
    const high = hashOf(codes, 0x9e3779b9, 0x85ebca6b)
    const low = hashOf(codes, 0x7f4a7c15, 0xc2b2ae35)
    const mask = this.#slots.length - 1
    let slot = low & mask
    for (let held = this.#slots[slot] ?? 0; held !== 0; held = this.#slots[slot] ?? 0) {
      if (this.#lows[held - 1] === low && this.#highs[held - 1] === high) return undefined
      slot = (slot + 1) & mask
    }
    const number = this.#size++
    if (number === this.#highs.length) this.#growRows()
    this.#highs[number] = high
    this.#lows[number] = low
    this.#parents[number] = parent
    this.#slots[slot] = number + 1
    if (this.#size * 2 > this.#slots.length) this.#growSlots()
    return number
  }

  has(codes: readonly number[], number: number): boolean {
    const isHigh = this.#highs[number] === hashOf(codes, 0x9e3779b9, 0x85ebca6b)
    return isHigh && this.#lows[number] === hashOf(codes, 0x7f4a7c15, 0xc2b2ae35)
  }

  /** The numbers from the first state to this one. */
  pathTo(number: number): number[] {
    const path = [number]
    while (path[0] !== undefined && path[0] !== 0) path.unshift(this.#parents[path[0]] ?? 0)
    return path
  }

  #growRows(): void {
    this.#highs = doubled(this.#highs)
    this.#lows = doubled(this.#lows)
    this.#parents = doubled(this.#parents)
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    const mask = this.#slots.length - 1
    for (let number = 0; number < this.#size; number++) {
      let slot = (this.#lows[number] ?? 0) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = number + 1
    }
  }
}

function doubled(rows: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(rows.length * 2)
  more.set(rows)
  return more
}

/** Murmur3 over the codes, with another first multiplier for each half of the fingerprint. */
function hashOf(codes: readonly number[], seed: number, factor: number): number {
  let hash = seed
  for (const code of codes) {
    let k = Math.imul(code, factor)
    k = (k << 15) | (k >>> 17)
    hash ^= Math.imul(k, 0x1b873593)
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  hash ^= codes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
