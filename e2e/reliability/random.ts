/** The decisions of a scenario, drawn from its seed. */

export type Random = {
  /** 0 ≤ x < 1 */
  (): number
  /** From `least` to `most`, both inclusive. */
  integer(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  /** True in that share of the cases. */
  chance(share: number): boolean
}

/** Mulberry32: small, and good enough to decide what happens next. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return Object.assign(next, {
    integer,
    chance: (share: number) => next() < share,
    pick<T>(from: readonly T[]): T {
      const one = from[integer(0, from.length - 1)]
      if (one === undefined) throw new Error('there is nothing to pick from')
      return one
    },
  })
}
