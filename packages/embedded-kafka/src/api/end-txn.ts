/** EndTxn: commit or abort. From version 5 on the producer gets a new epoch for its next transaction (KIP-890). */

import { errorCode } from '../error-codes.ts'
import { type ProducerIdentity } from '../transactions/transactions.ts'
import { bool, int16, int32, int64, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { transactionCode } from './transaction-access.ts'

export const endTxn = defineApi({
  name: 'EndTxn',
  key: 26,
  versions: [0, 5],
  flexibleFrom: 3,
  request: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    committed: bool(),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16(),
    producerId: int64('5+', { default: -1n }),
    producerEpoch: int16('5+', { default: -1 }),
  },
  handle(context, { transactionalId, producerId, producerEpoch: epoch, committed }) {
    let next: ProducerIdentity | undefined
    const code = transactionCode(context, { call: 'EndTxn', transactionalId }, 2, () => {
      const { transactions } = context.cluster
      next = transactions.end(transactionalId, { producerId, epoch }, committed, context.version >= 5)
    })
    if (next === undefined) return { errorCode: code }
    return { errorCode: errorCode.NONE, producerId: next.producerId, producerEpoch: next.epoch }
  },
  refuse: (_, code) => ({ errorCode: code }),
})
