/** ListTransactions: those that this broker coordinates. */

import { errorCode } from '../error-codes.ts'
import { array, int16, int32, int64, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'

const states = new Set([
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'PrepareEpochFence',
  'Dead',
])

export const listTransactions = defineApi({
  name: 'ListTransactions',
  key: 66,
  versions: [0, 1],
  flexibleFrom: 0,
  request: {
    stateFilters: array(string(), '0+', { default: [] }),
    producerIdFilters: array(int64(), '0+', { default: [] }),
    durationFilter: int64('1+', { default: -1n }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16(),
    unknownStateFilters: array(string(), '0+', { default: [] }),
    transactionStates: array({
      transactionalId: string(),
      producerId: int64(),
      transactionState: string(),
    }),
  },
  handle({ cluster, broker, access }, { stateFilters, producerIdFilters, durationFilter }) {
    const now = cluster.clock.now()
    const wantsAnyState = stateFilters.length === 0
    const found = cluster.transactions
      .all()
      .filter(({ id }) => cluster.coordinators.of('transaction', id) === broker)
      .filter(({ id }) => access.shows('ListTransactions', 'transactional-id', id))
      .filter(({ state }) => wantsAnyState || stateFilters.includes(state))
      .filter(({ producerId }) => producerIdFilters.length === 0 || producerIdFilters.includes(producerId))
      .filter(
        ({ startedAt }) =>
          durationFilter < 0n || (startedAt >= 0 && now - startedAt > Number(durationFilter)),
      )
    return {
      errorCode: errorCode.NONE,
      unknownStateFilters: stateFilters.filter((state) => !states.has(state)),
      transactionStates: found.map(({ id, producerId, state }) => ({
        transactionalId: id,
        producerId,
        transactionState: state,
      })),
    }
  },
  refuse: (_, code) => ({ errorCode: code, transactionStates: [] }),
})
