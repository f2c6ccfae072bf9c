import { describe, expect, it } from 'vitest'
import { PythonRandom } from './python-random.ts'

// Printed by CPython 3: getrandbits of 32, 1, 7, 53 and 40 bits, random(), randint(0, 11000), randrange(0, 2 ** 40).
const golden: readonly (readonly [bigint, readonly number[]])[] = [
  [0n, [3626764237, 0, 97, 3788173568575106, 283641720628, 0.9654648863619172, 7961, 788025983492]],
  [1n, [577090037, 1, 108, 6879471607037488, 279443915985, 0.11791870367106105, 7364, 207060179245]],
  [100n, [625644691, 0, 58, 6942603973215601, 773844648076, 0.39303365150063463, 5730, 243954230284]],
  [
    2n ** 32n + 5n,
    [675479763, 0, 36, 5444437510598250, 16472596581, 0.35506619235705983, 2806, 536073183864],
  ],
  [
    2n ** 70n + 3n,
    [701776502, 0, 127, 2207058029299223, 312026762403, 0.16436111206745052, 5940, 695978701017],
  ],
  [-7n, [1390851128, 1, 19, 5863095911261966, 77516799952, 0.8212742919913083, 1542, 470330855157]],
]

describe('PythonRandom', () => {
  it.each(golden)('draws what CPython draws after random.seed(%s)', (seed, expected) => {
    const random = new PythonRandom(seed)
    const drawn = [
      ...[32, 1, 7, 53, 40].map((bits) => random.getRandBits(bits)),
      random.random(),
      random.randInt(0, 11_000),
      random.randRange(0, 2 ** 40),
    ]
    expect(drawn).toEqual(expected)
  })

  it('takes a seed as number or bigint alike', () => {
    expect(new PythonRandom(100).getRandBits(32)).toBe(new PythonRandom(100n).getRandBits(32))
  })

  it.each([
    ['a fraction as seed', () => new PythonRandom(1.5)],
    ['NaN as seed', () => new PythonRandom(Number.NaN)],
    ['no bits', () => new PythonRandom(1).getRandBits(0)],
    ['more bits than a number holds', () => new PythonRandom(1).getRandBits(54)],
    ['an empty range', () => new PythonRandom(1).randRange(5, 5)],
    ['a range that runs backwards', () => new PythonRandom(1).randInt(5, 3)],
  ])('refuses %s', (_what, attempt) => {
    expect(attempt).toThrow(RangeError)
  })
})
