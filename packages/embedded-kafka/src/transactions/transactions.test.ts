import { expect, test } from 'vitest'
import { Brokers } from '../brokers.ts'
import { Groups } from '../groups/groups.ts'
import { LogMemory } from '../log/log-memory.ts'
import { ManualClock } from '../manual-clock.ts'
import { Topics } from '../topics.ts'
import { lastEpoch } from './transaction.ts'
import { Transactions } from './transactions.ts'

function newTransactions() {
  const clock = new ManualClock()
  const topics = new Topics(new Brokers(1, 'h'), clock, new LogMemory(1e6, 'drop-oldest'))
  const times = { initialRebalanceDelayMs: 0, minSessionTimeoutMs: 0, maxSessionTimeoutMs: 1e6, maxSize: 9 }
  return { clock, transactions: new Transactions(clock, topics, new Groups(clock, times)) }
}

const timeoutMs = 60_000

/** Brings an id to the last epoch that a producer may have. */
function atLastEpoch(transactions: Transactions) {
  for (let epoch = 0; epoch < lastEpoch; epoch++) transactions.init('tx', timeoutMs, undefined)
  const { producerId, epoch } = transactions.init('tx', timeoutMs, undefined)
  expect(epoch).toBe(lastEpoch)
  return { producerId, epoch }
}

test('when the epochs of a producer id are used up, a new id begins at 0', () => {
  const { transactions } = newTransactions()
  const before = atLastEpoch(transactions)
  const { producerId, epoch } = transactions.init('tx', timeoutMs, undefined)
  expect(epoch).toBe(0)
  expect(producerId).not.toBe(before.producerId)
})

test('an end with the last epoch gives a new id too, and its retry the same', () => {
  const { transactions } = newTransactions()
  const before = atLastEpoch(transactions)
  transactions.addGroup('tx', before, 'g')
  const { producerId, epoch } = transactions.end('tx', before, true, true)
  expect([producerId === before.producerId, epoch]).toEqual([false, 0])
  expect(transactions.end('tx', before, true, true)).toMatchObject({ producerId, epoch })
  expect(() => transactions.end('tx', before, false, true)).toThrow('CompleteCommit')
})

test('a transaction that is fenced by its time-out cannot be ended by its producer', () => {
  const { clock, transactions } = newTransactions()
  const { producerId, epoch } = transactions.init('tx', timeoutMs, undefined)
  const producer = { producerId, epoch }
  transactions.addGroup('tx', producer, 'g')
  clock.advance(timeoutMs)
  expect(transactions.find('tx')).toMatchObject({ state: 'CompleteAbort', epoch: 1 })
  for (const isSecondVersion of [true, false])
    expect(() => transactions.end('tx', producer, true, isSecondVersion)).toThrow('the epoch of tx is 1')
})
