/** InitProducerId: who an idempotent or transactional producer is. */

import { errorCode } from '../error-codes.ts'
import { type ProducerIdentity } from '../transactions/transactions.ts'
import { int16, int32, int64, string } from '../wire/schema.ts'
import { defineApi } from './api.ts'
import { codeOf } from './group-access.ts'
import { transactionCode } from './transaction-access.ts'

export const initProducerId = defineApi({
  name: 'InitProducerId',
  key: 22,
  versions: [0, 5],
  flexibleFrom: 2,
  request: {
    transactionalId: string('0+', { nullable: '0+' }),
    transactionTimeoutMs: int32(),
    producerId: int64('3+', { default: -1n }),
    producerEpoch: int16('3+', { default: -1 }),
  },
  response: {
    throttleTimeMs: int32('0+', { default: 0 }),
    errorCode: int16(),
    producerId: int64('0+', { default: -1n }),
    producerEpoch: int16('0+', { default: -1 }),
  },
  handle(context, { transactionalId, transactionTimeoutMs, producerId, producerEpoch: epoch }) {
    const { transactions } = context.cluster
    if ((producerId === -1n) !== (epoch === -1)) return { errorCode: errorCode.INVALID_REQUEST }
    if (transactionalId === null) {
      const denied = codeOf(() => context.access.check('InitProducerId (idempotent)', 'cluster'))
      return denied === 0 ? answer(transactions.newProducer()) : { errorCode: denied }
    }
    let identity: ProducerIdentity | undefined
    const code = transactionCode(
      context,
      { call: 'InitProducerId (transactional)', transactionalId },
      4,
      () => {
        const expected = producerId === -1n ? undefined : { producerId, epoch }
        identity = transactions.init(transactionalId, transactionTimeoutMs, expected)
      },
    )
    return identity === undefined ? { errorCode: code } : answer(identity)
  },
  refuse: (_, code) => ({ errorCode: code }),
})

function answer({ producerId, epoch }: ProducerIdentity) {
  return { errorCode: errorCode.NONE, producerId, producerEpoch: epoch }
}
