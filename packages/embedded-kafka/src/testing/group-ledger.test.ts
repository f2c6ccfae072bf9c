import { describe, expect, test } from 'vitest'
import { GroupLedger } from './group-ledger.ts'

/** One partition with two records, both consumed by one member and committed. */
function sound(): GroupLedger {
  const ledger = new GroupLedger(1)
  ledger.wasProduced(0, 0n, 2)
  ledger.wasAssigned('a', 1, [0])
  ledger.wasTold(0, -1n, 'a')
  ledger.wasConsumed(0, 0n)
  ledger.wasConsumed(0, 1n)
  ledger.wasCommitted(0, 2n)
  return ledger
}

describe('the ledger of a group', () => {
  test('finds nothing wrong where all is well', () => {
    expect(sound().judged()).toEqual([])
    expect(sound().isAtEnd).toBe(true)
  })

  test('finds a second owner in a generation, not in the next one', () => {
    const ledger = sound()
    ledger.wasAssigned('b', 2, [0])
    expect(ledger.judged()).toEqual([])
    ledger.wasAssigned('b', 1, [0])
    expect(ledger.judged()).toEqual(['0 in generation 1 is owned by a and by b'])
  })

  test('finds a record that nobody consumed', () => {
    const ledger = sound()
    ledger.wasProduced(0, 2n, 1)
    expect(ledger.judged()).toEqual(['0/2 was lost'])
  })

  test('finds a record that comes again after its commit, not one that could not be committed', () => {
    const ledger = sound()
    ledger.wasConsumed(0, 1n)
    expect(ledger.judged()).toEqual(['0/1 was consumed 2 times, though it was committed'])
    ledger.wasLost(0, 1n, 2n)
    expect(ledger.judged()).toEqual([])
  })

  test('finds offsets of the group that went back, or ahead of what was consumed', () => {
    const ledger = sound()
    ledger.wasTold(0, 1n, 'b')
    ledger.wasTold(0, 3n, 'b')
    expect(ledger.judged()).toEqual([
      'b was told 1 for 0, though 2 was committed',
      'b was told 3 for 0: beyond 1, the last consumed',
    ])
  })
})
